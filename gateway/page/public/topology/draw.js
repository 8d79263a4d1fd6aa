// Draws the graph as SVG.
import { drawn, setText } from '../frame/elements.js';
import { asCount, asRate } from '../words/numbers.js';
import { arrange } from './arrange.js';

const linePx = 13;
/** Below the processors of a stage, for its name. */
const stageFootPx = 20;

/** Answers `show(topology, rates)`, which writes the counts. */
export function drawGraph(holder, topology) {
  const { width, height, stages, nodes, edges } = arrange(topology);
  const counts = new Map();
  const lines = edges.map((edge) => (edge === null ? null : drawEdge(edge)));
  const picture = drawn(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
    arrowHead(),
    ...stages.map(stageBox),
    ...lines.flatMap((edge) => edge?.line ?? []),
    ...stages.map(stageName),
    ...nodes.map((node) => drawNode(node, counts)),
  );
  picture.style.maxWidth = `${width}px`;
  holder.replaceChildren(picture);
  // Where there is no room for all of it, it begins with what comes first.
  holder.scrollLeft = (nodes[0].x / width) * picture.clientWidth - holder.clientWidth / 2;
  return {
    show(latest, rates) {
      for (const { id, records } of latest.nodes) if (counts.has(id)) setText(counts.get(id), asCount(records ?? 0));
      lines.forEach((edge, index) => {
        if (edge !== null) showCount(edge, rates[index], latest.edges[index].records);
      });
    },
  };
}

/** What passes in a second; where nothing does just now, what has passed. */
function showCount({ line, label }, rate, records) {
  const isBusy = rate !== null && rate > 0;
  line.classList.toggle('busy', isBusy);
  setText(label, isBusy ? `${asRate(rate)}/s` : records > 0 ? asCount(records) : '');
}

function stageBox({ x, y, width, height }) {
  const box = { x: x - width / 2, y: y - height / 2, width, height: height + stageFootPx, rx: 12 };
  return drawn('rect', { class: 'stage-box', ...box });
}

function stageName({ x, y, width, height, name }) {
  return textAt('stage-name', x - width / 2 + 12, y + height / 2 + stageFootPx - 8, `stage ${name}`);
}

function drawNode({ id, kind, name, lines, x, y, width, height }, counts) {
  const top = y - height / 2;
  const small = kind === 'topic' ? [''] : lines;
  const first = y + 4.5 - (small.length * linePx) / 2;
  const texts = small.map((line, index) => textAt('small', x, first + (index + 1) * linePx + 1, line));
  if (kind === 'topic') counts.set(id, texts[0]);
  const box = { x: x - width / 2, y: top, width, height, rx: kind === 'topic' ? height / 2 : 8 };
  return drawn('g', { class: 'node', 'data-kind': kind }, drawn('rect', box), textAt('name', x, first, name), ...texts);
}

function drawEdge({ points, x, y, kind }) {
  const label = textAt('', x ?? 0, (y ?? 0) + 4, '');
  const path = drawn('path', { d: curve(points), 'marker-end': 'url(#arrow)' });
  return { label, line: drawn('g', { class: 'edge', 'data-kind': kind }, path, label) };
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
  const size = { viewBox: '0 0 7 7', refX: 6.5, refY: 3.5, markerWidth: 7, markerHeight: 7 };
  const head = drawn('path', { class: 'arrow', d: 'M0,0 L7,3.5 L0,7 z' });
  return drawn(
    'defs',
    {},
    drawn('marker', { id: 'arrow', ...size, orient: 'auto', markerUnits: 'userSpaceOnUse' }, head),
  );
}

function textAt(name, x, y, text) {
  const node = drawn('text', { class: name, x, y });
  node.textContent = text;
  return node;
}
