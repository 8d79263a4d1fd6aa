// The topology as nodes and edges, each edge with the name of the count that tells how much passes over it.
import type { Topology, TopologyProcessor } from '../dependencies.ts';

export type NodeKind = 'topic' | 'processor' | 'lookup' | 'sink';

export interface GraphNode {
  /** `<kind>:<name>`: a lookup may be called like the topic that it copies. */
  readonly id: string;
  readonly kind: NodeKind;
  readonly name: string;
  /** Of processors. */
  readonly stage?: string;
}

export type EdgeKind = 'reads' | 'is handed' | 'writes' | 'keeps' | 'copies' | 'looks up' | 'joins';

/** What is counted: records of a topic that a stage has handled, or all that were written to a topic. */
export type Counted = { readonly stage: string; readonly topic: string } | { readonly topic: string } | null;

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  readonly counted: Counted;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export function topologyGraph({ stages, lookups, sinks }: Topology): Graph {
  const edges = [
    ...stages.flatMap((stage) => edgesOfStage(stage)),
    ...lookups.flatMap(({ name, reads }) => reads.map((topic) => copy(topic, nodeId('lookup', name)))),
    ...sinks.flatMap(({ name, reads }) => reads.map((topic) => copy(topic, nodeId('sink', name)))),
  ];
  const topics = [...new Set(edges.flatMap(({ from, to }) => [from, to]).flatMap(topicOf))];
  return {
    edges,
    nodes: [
      ...topics.map((name) => node('topic', name)),
      ...stages.flatMap(({ name: stage, processors }) =>
        processors.map(({ name }) => ({ ...node('processor', name), stage })),
      ),
      ...lookups.map(({ name }) => node('lookup', name)),
      ...sinks.map(({ name }) => node('sink', name)),
    ],
  };
}

function edgesOfStage({ name: stage, processors }: Topology['stages'][number]): GraphEdge[] {
  return processors.flatMap((processor, index) => {
    const ownTopics = new Set(processors.slice(0, index).flatMap(({ keeps, writes }) => [...keeps, ...writes]));
    return edgesOfProcessor(stage, processor, ownTopics);
  });
}

/** `ownTopics`: what earlier processors of the stage write is handed over in memory. */
function edgesOfProcessor(stage: string, processor: TopologyProcessor, ownTopics: ReadonlySet<string>): GraphEdge[] {
  const to = nodeId('processor', processor.name);
  const topic = (name: string) => nodeId('topic', name);
  return [
    ...processor.reads.map((name): GraphEdge =>
      ownTopics.has(name)
        ? { from: topic(name), to, kind: 'is handed', counted: { topic: name } }
        : { from: topic(name), to, kind: 'reads', counted: { stage, topic: name } },
    ),
    ...processor.joins
      .filter((name) => !processor.reads.includes(name))
      .map((name): GraphEdge => ({ from: topic(name), to, kind: 'joins', counted: null })),
    ...processor.looksUp.map((name): GraphEdge => ({
      from: nodeId('lookup', name),
      to,
      kind: 'looks up',
      counted: null,
    })),
    ...processor.keeps.map((name): GraphEdge => ({
      from: to,
      to: topic(name),
      kind: 'keeps',
      counted: { topic: name },
    })),
    ...processor.writes.map((name): GraphEdge => ({
      from: to,
      to: topic(name),
      kind: 'writes',
      counted: { topic: name },
    })),
  ];
}

function copy(topic: string, to: string): GraphEdge {
  return { from: nodeId('topic', topic), to, kind: 'copies', counted: { topic } };
}

function node(kind: NodeKind, name: string): GraphNode {
  return { id: nodeId(kind, name), kind, name };
}

function nodeId(kind: NodeKind, name: string): string {
  return `${kind}:${name}`;
}

function topicOf(id: string): string[] {
  return id.startsWith('topic:') ? [id.slice('topic:'.length)] : [];
}
