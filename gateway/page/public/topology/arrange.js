// Where the nodes and edges of the graph stand: computed by the layout library, once.
import { Graph, layout } from '/page/dagre.js';

const heights = { topic: 42, processor: 36, lookup: 34, sink: 36 };
const letterPx = { name: 7.7, small: 6 };
const paddingPx = 26;
const linePx = 13;
const labelPx = { width: 46, height: 14 };
const lookupsPerLine = 2;

/**
 * `nodes`: with their place and size, processors with `lines` on what they look up. `edges`: with their points and the place of their
 * count, in the order given; null for those that are not drawn.
 */
export function arrange({ stages, nodes, edges }) {
  const graph = new Graph({ compound: true, multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 24, ranksep: 28, edgesep: 10, marginx: 12, marginy: 12 });
  for (const { name } of stages) graph.setNode(stageId(name), {});
  const placed = nodes.map((node) => ({ ...node, lines: linesOf(node, edges) }));
  for (const node of placed) {
    graph.setNode(node.id, sizeOf(node));
    if (node.stage !== undefined) graph.setParent(node.id, stageId(node.stage));
  }
  edges.forEach(({ from, to, kind }, index) => {
    if (isDrawn(kind)) graph.setEdge(from, to, { ...labelPx, labelpos: 'c' }, String(index));
  });
  layout(graph);
  return {
    ...graph.graph(),
    stages: stages.map(({ name }) => ({ name, ...graph.node(stageId(name)) })),
    nodes: placed.map((node) => ({ ...graph.node(node.id), ...node })),
    edges: edges.map((edge, index) =>
      isDrawn(edge.kind) ? { ...edge, ...graph.edge(edge.from, edge.to, String(index)) } : null,
    ),
  };
}

/** What is only looked up goes back and forth between all stages: as lines it would hide the rest, so the processor names it. */
function isDrawn(kind) {
  return kind !== 'looks up' && kind !== 'joins';
}

function linesOf({ id }, edges) {
  const names = edges
    .filter(({ to, kind }) => to === id && !isDrawn(kind))
    .map(({ from }) => from.replace(/^\w+:/, ''));
  const lines = [];
  for (let start = 0; start < names.length; start += lookupsPerLine)
    lines.push(names.slice(start, start + lookupsPerLine).join(', '));
  return lines.map((line, index) => (index === 0 ? `looks up ${line}` : line));
}

function sizeOf({ kind, name, lines }) {
  const widths = [name.length * letterPx.name, ...lines.map((line) => line.length * letterPx.small)];
  return { width: Math.max(...widths) + paddingPx, height: heights[kind] + lines.length * linePx };
}

function stageId(name) {
  return `stage:${name}`;
}
