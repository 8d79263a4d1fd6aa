// The graph of what runs, from the running definitions: as text, Mermaid or data.
import type { AnyProcessor } from './processor.ts';
import type { SinkDefinition } from './sink.ts';
import type { StageDefinition } from './stage.ts';

export interface TopologyProcessor {
  readonly name: string;
  readonly reads: readonly string[];
  readonly keeps: readonly string[];
  readonly joins: readonly string[];
  readonly looksUp: readonly string[];
  readonly writes: readonly string[];
  readonly conflates: readonly string[];
  readonly every: readonly string[];
}

export interface Topology {
  readonly stages: readonly { readonly name: string; readonly processors: readonly TopologyProcessor[] }[];
  /** What a lookup is made of. */
  readonly lookups: readonly { readonly name: string; readonly reads: readonly string[] }[];
  readonly sinks: readonly { readonly name: string; readonly reads: readonly string[] }[];
}

interface Named {
  readonly name: string;
}

/** The graph as data; its names are an API. */
export function describeTopology(stages: readonly StageDefinition[], sinks: readonly SinkDefinition[] = []): Topology {
  const lookups = new Map(stages.flatMap((stage) => [...stage.lookups]));
  return {
    stages: stages.map((stage) => ({ name: stage.name, processors: stage.processors.map(describeProcessor) })),
    lookups: [...lookups.values()].map((lookup) => ({ name: lookup.name, reads: namesOf(lookup.reads) })),
    sinks: sinks.map((sink) => ({ name: sink.name, reads: sink.reads.map((topic) => topic.name) })),
  };
}

function describeProcessor(processor: AnyProcessor): TopologyProcessor {
  const reads = processor.reads as Record<string, Named>;
  return {
    name: processor.name,
    reads: namesOf(reads),
    keeps: namesOf(processor.keeps as Record<string, Named>),
    joins: namesOf(processor.joins as Record<string, Named>),
    looksUp: namesOf(processor.looksUp as Record<string, Named>),
    writes: namesOf(processor.writes as Record<string, Named>),
    conflates: (processor.conflates as string[]).map((input) => reads[input]?.name ?? input),
    every: Object.keys(processor.every as object),
  };
}

function namesOf(declared: Readonly<Record<string, Named>>): string[] {
  return Object.values(declared).map((definition) => definition.name);
}

export function topologyText(topology: Topology): string {
  const lines: string[] = [];
  for (const stage of topology.stages) {
    lines.push(`stage ${stage.name}`);
    for (const processor of stage.processors) {
      const reads = processor.reads.map((name) =>
        processor.conflates.includes(name) ? `${name} (latest per key)` : name,
      );
      lines.push(`  ${processor.name}`);
      for (const [label, names] of [
        ['reads', reads],
        ['joins', processor.joins],
        ['looks up', processor.looksUp],
        ['keeps', processor.keeps],
        ['writes', processor.writes],
        ['every', processor.every],
      ] as const) {
        if (names.length > 0) lines.push(`    ${label.padEnd(9)}${names.join(', ')}`);
      }
    }
    lines.push('');
  }
  for (const lookup of topology.lookups) lines.push(`lookup ${lookup.name} ← ${lookup.reads.join(', ')}`);
  for (const sink of topology.sinks) lines.push(`sink ${sink.name} ← ${sink.reads.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

export function topologyMermaid(topology: Topology): string {
  const lines = ['flowchart LR'];
  for (const stage of topology.stages) {
    lines.push(`  subgraph stage_${stage.name}[stage ${stage.name}]`);
    for (const processor of stage.processors) lines.push(`    p_${processor.name}[${processor.name}]`);
    lines.push('  end');
    for (const processor of stage.processors) {
      for (const topic of processor.reads) lines.push(`  ${topicNode(topic)} --> p_${processor.name}`);
      for (const table of processor.joins) lines.push(`  ${topicNode(table)} -. joins .-> p_${processor.name}`);
      for (const lookup of processor.looksUp)
        lines.push(`  l_${lookup}{{${lookup}}} -. looks up .-> p_${processor.name}`);
      for (const topic of [...processor.keeps, ...processor.writes])
        lines.push(`  p_${processor.name} --> ${topicNode(topic)}`);
    }
  }
  for (const lookup of topology.lookups)
    for (const topic of lookup.reads) lines.push(`  ${topicNode(topic)} -.-> l_${lookup.name}{{${lookup.name}}}`);
  for (const sink of topology.sinks)
    for (const topic of sink.reads) lines.push(`  ${topicNode(topic)} --> s_${sink.name}[/${sink.name}/]`);
  return `${[...new Set(lines)].join('\n')}\n`;
}

function topicNode(name: string): string {
  return `t_${name.replaceAll('-', '_')}([${name}])`;
}
