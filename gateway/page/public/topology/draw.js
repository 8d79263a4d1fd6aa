// Draws the graph as SVG. Where things stand is computed by the layout library, once.
import { Graph, layout } from '/page/dagre.js';
import { drawn, setText } from '../frame/elements.js';
import { asCount, asRate } from '../words/numbers.js';

const nodeHeight = { topic: 42, processor: 36, lookup: 34, sink: 36 };
const letterPx = 7.6;
const paddingPx = 26;
const labelPx = { width: 46, height: 14 };
const stageHeadPx = 20;

/** Answers `show(topology, rates)`, which writes the counts. */
export function drawGraph(holder, topology) {
  const graph = arranged(topology);
  const { width, height } = graph.graph();
  const counts = new Map();
  const edges = topology.edges.map((edge, index) => drawEdge(wayOf(graph, edge, index), edge));
  const svg = drawn(
    'svg',
    { width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
    arrowHead(),
    ...topology.stages.map(({ name }) => drawStage(graph.node(`stage:${name}`), name)),
    ...edges.map(({ line }) => line),
    ...topology.nodes.map((node) => drawNode(graph.node(node.id), node, counts)),
  );
  holder.replaceChildren(svg);
  return {
    show({ nodes }, rates) {
      for (const { id, records } of nodes) if (counts.has(id)) setText(counts.get(id), asCount(records ?? 0));
      edges.forEach(({ line, label }, index) => {
        const rate = rates[index];
        line.classList.toggle('busy', rate !== null && rate > 0);
        setText(label, rate === null || rate === 0 ? '' : `${asRate(rate)}/s`);
      });
    },
  };
}

function arranged({ stages, nodes, edges }) {
  const graph = new Graph({ compound: true, multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 26, ranksep: 26, edgesep: 10, marginx: 12, marginy: 12 });
  for (const { name } of stages) graph.setNode(`stage:${name}`, { paddingTop: stageHeadPx });
  for (const { id, kind, name, stage } of nodes) {
    graph.setNode(id, { width: name.length * letterPx + paddingPx, height: nodeHeight[kind] });
    if (stage !== undefined) graph.setParent(id, `stage:${stage}`);
  }
  edges.forEach(({ from, to, kind }, index) => {
    if (!isLookup(kind)) graph.setEdge(from, to, { ...labelPx, labelpos: 'c' }, String(index));
  });
  layout(graph);
  return graph;
}

function drawStage({ x, y, width, height }, name) {
  const left = x - width / 2;
  const top = y - height / 2;
  return drawn(
    'g',
    {},
    drawn('rect', { class: 'stage-box', x: left, y: top, width, height, rx: 12 }),
    textAt('stage-name', left + 12, top + 17, `stage ${name}`),
  );
}

function drawNode({ x, y, width, height }, { id, kind, name }, counts) {
  const isCounted = kind === 'topic';
  const children = [
    drawn('rect', {
      x: x - width / 2,
      y: y - height / 2,
      width,
      height,
      rx: kind === 'topic' ? height / 2 : 8,
    }),
    textAt('name', x, y + (isCounted ? -2 : 4.5), name),
  ];
  if (isCounted) {
    const count = textAt('count', x, y + 13, '');
    counts.set(id, count);
    children.push(count);
  }
  return drawn('g', { class: 'node', 'data-kind': kind }, ...children);
}

function drawEdge({ points, x, y }, { kind }) {
  const label = textAt('', x ?? 0, (y ?? 0) + 4, '');
  const path = drawn('path', { d: curve(points), 'marker-end': 'url(#arrow)' });
  return { label, line: drawn('g', { class: 'edge', 'data-kind': kind }, path, label) };
}

/** What is only looked up has no say in where things stand: it goes back and forth between all stages. */
function isLookup(kind) {
  return kind === 'looks up' || kind === 'joins';
}

function wayOf(graph, { from, to, kind }, index) {
  if (!isLookup(kind)) return graph.edge(from, to, String(index));
  const start = graph.node(from);
  const end = graph.node(to);
  const isAbove = start.y < end.y;
  const leaves = { x: start.x, y: start.y + ((isAbove ? 1 : -1) * start.height) / 2 };
  const arrives = { x: end.x, y: end.y + ((isAbove ? -1 : 1) * end.height) / 2 };
  return {
    points: [
      leaves,
      { x: (leaves.x + arrives.x) / 2, y: leaves.y },
      { x: arrives.x, y: (leaves.y + arrives.y) / 2 },
      arrives,
    ],
  };
}

/** Through the middles between the points, so that corners become bends. */
function curve(points) {
  const at = ({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`;
  const middles = points.slice(1).map((point, index) => ({
    x: (points[index].x + point.x) / 2,
    y: (points[index].y + point.y) / 2,
  }));
  const bends = points.slice(1, -1).map((point, index) => `Q${at(point)} ${at(middles[index + 1])}`);
  return `M${at(points[0])} L${at(middles[0])} ${bends.join(' ')} L${at(points.at(-1))}`;
}

function arrowHead() {
  const head = drawn('path', { class: 'arrow', d: 'M0,0 L7,3.5 L0,7 z' });
  return drawn(
    'defs',
    {},
    drawn(
      'marker',
      {
        id: 'arrow',
        viewBox: '0 0 7 7',
        refX: 6.5,
        refY: 3.5,
        markerWidth: 7,
        markerHeight: 7,
        orient: 'auto',
        markerUnits: 'userSpaceOnUse',
      },
      head,
    ),
  );
}

function textAt(name, x, y, text) {
  const node = drawn('text', { class: name, x, y });
  node.textContent = text;
  return node;
}
