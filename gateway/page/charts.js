// The chart of throughput and freshness, and the numbers on top.
import { byId, setText } from './elements.js';
import { asDuration } from './words.js';

/** Loaded by index.html before this: a plain script, as the library's small file is no module. */
const { uPlot } = globalThis;
const samplesMax = 300;
const heightPx = 190;
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

export function throughputChart() {
  const holder = byId('chart');
  let samples = [];
  let plot = null;

  const draw = () => {
    plot?.destroy();
    plot = new uPlot(options(holder.clientWidth), columns(samples), holder);
  };
  new ResizeObserver(() => plot?.setSize({ width: holder.clientWidth, height: heightPx })).observe(holder);

  return {
    start(history) {
      samples = history.slice(-samplesMax);
      draw();
      if (samples.length > 0) showNumbers(samples.at(-1));
    },
    add(sample) {
      samples.push(sample);
      if (samples.length > samplesMax) samples.shift();
      plot?.setData(columns(samples));
      showNumbers(sample);
    },
    /** Colours are drawn, so they have to be drawn anew. */
    recolour: draw,
  };
}

function showNumbers(sample) {
  setText(byId('rate'), String(sample.per_second));
  setText(byId('median'), asDuration(sample.freshness_p50_ms));
  setText(byId('p99'), asDuration(sample.freshness_p99_ms));
  setText(byId('lag'), String(sample.lag_records));
}

function columns(samples) {
  return [
    samples.map(({ at }) => at),
    samples.map(({ per_second }) => per_second),
    samples.map(({ freshness_p50_ms }) => freshness_p50_ms),
    samples.map(({ freshness_p99_ms }) => freshness_p99_ms),
  ];
}

function options(width) {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--soft'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui',
  };
  const fromZero = { range: (_plot, _min, max) => [0, Math.max(max ?? 0, 1) * 1.15] };
  return {
    width,
    height: heightPx,
    cursor: { y: false },
    legend: { live: false },
    scales: { rate: fromZero, ms: fromZero },
    axes: [
      { ...axis, space: 80, values: (_plot, values) => values.map((at) => clock.format(at * 1000)) },
      { ...axis, scale: 'rate', size: 44 },
      {
        ...axis,
        scale: 'ms',
        side: 1,
        size: 56,
        grid: { show: false },
        values: (_plot, values) => values.map((value) => `${value} ms`),
      },
    ],
    series: [
      {},
      {
        label: 'events/s',
        scale: 'rate',
        stroke: colour('--chart-rate'),
        fill: `${colour('--chart-rate')}22`,
        width: 2,
        points: { show: false },
      },
      {
        label: 'fresh, median',
        scale: 'ms',
        stroke: colour('--chart-median'),
        width: 2,
        points: { show: false },
        value: (_plot, value) => asDuration(value),
      },
      {
        label: '99 %',
        scale: 'ms',
        stroke: colour('--chart-p99'),
        width: 1.5,
        points: { show: false },
        value: (_plot, value) => asDuration(value),
      },
    ],
  };
}
