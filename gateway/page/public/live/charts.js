// The charts of the last minutes, and the figures above them.
import { byId, setText } from '../frame/elements.js';
import { onColours } from '../frame/theme.js';
import { asCount, asDuration, asRate, counted } from '../words/numbers.js';

/** Loaded by index.html before this: a plain script, as the library's small file is no module. */
const { uPlot } = globalThis;
const samplesMax = 300;
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const inWords = { count: asRate, duration: asDuration };

/**
 * The first series is drawn as an area in the colour of `holder`, the second as a thin line.
 *
 * @param {HTMLElement} holder
 * @param {{ field: string, label: string }[]} series  which numbers of a sample
 * @param {'count' | 'duration'} kind
 */
export function timeChart(holder, series, kind) {
  let samples = [];
  let plot = null;
  const columns = () => [
    samples.map(({ at }) => at),
    ...series.map(({ field }) => samples.map((sample) => sample[field] ?? null)),
  ];
  const draw = () => {
    plot?.destroy();
    // Hidden, it has no width; it is drawn once it is shown.
    plot = holder.clientWidth === 0 ? null : new uPlot(options(holder, series, inWords[kind]), columns(), holder);
  };
  onColours(draw);
  new ResizeObserver(() => (plot === null ? draw() : plot.setSize(sizeOf(holder)))).observe(holder);

  return {
    show: () => plot ?? draw(),
    start(history) {
      samples = history.slice(-samplesMax);
      draw();
    },
    add(sample) {
      samples.push(sample);
      if (samples.length > samplesMax) samples.shift();
      plot?.setData(columns());
    },
  };
}

/** How long an answer takes is told of the last ones that there were: of a quiet second there is nothing to say. */
let answered = null;

export function showFigures(sample) {
  if (sample.latency_p50_ms !== null) answered = sample;
  const figures = {
    rate: asCount(sample.per_second),
    lag: asCount(sample.lag_records),
    'fresh-median': asDuration(sample.freshness_p50_ms),
    'fresh-p99': asDuration(sample.freshness_p99_ms),
    'latency-median': asDuration(answered?.latency_p50_ms),
    'latency-p99': asDuration(answered?.latency_p99_ms),
    requests: `${counted(sample.requests_per_second, 'request')}/s`,
  };
  for (const [id, text] of Object.entries(figures)) setText(byId(id), text);
}

function options(holder, series, format) {
  const soft = colourOf('--soft');
  const own = getComputedStyle(holder).color;
  const axis = { stroke: soft, ticks: { show: false }, font: '11px system-ui' };
  return {
    ...sizeOf(holder),
    padding: [8, 4, 0, 0],
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
    legend: { show: false },
    // Never lower than 1, so that a quiet minute is a flat line.
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(max ?? 0, 1) * 1.15] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 90,
        size: 22,
        incrs: [60, 120, 300, 600],
        values: (plot, values) => values.map((at) => (isCutOff(plot, at) ? null : clock.format(at * 1000))),
      },
      {
        ...axis,
        grid: { stroke: colourOf('--line'), width: 1 },
        size: 52,
        space: 30,
        values: (_plot, values) => values.map((value) => format(value)),
      },
    ],
    series: [
      {},
      ...series.map(({ label }, index) => ({
        label,
        stroke: own,
        width: index === 0 ? 1.8 : 1,
        ...(index === 0 ? { fill: withAlpha(own, 0.14) } : { dash: [3, 3] }),
        // A second without a number is a gap; one that stands alone between two gaps would be no line.
        points: { size: 3, fill: own, show: false, filter: (plot, at) => alone(plot.data[at]) },
      })),
    ],
    plugins: [readout(holder, series, format)],
  };
}

/** Half of a time needs so much room beside the place that it names. */
function isCutOff(plot, at) {
  return plot.bbox.width / devicePixelRatio - plot.valToPos(at, 'x') < 22;
}

function alone(values) {
  const isOne = (value) => value !== null && value !== undefined;
  const places = values.flatMap((value, place) =>
    isOne(value) && !isOne(values[place - 1]) && !isOne(values[place + 1]) ? [place] : [],
  );
  return places.length > 0 ? places : null;
}

/** What the pointer is at, as a title on the chart. */
function readout(holder, series, format) {
  return {
    hooks: {
      setCursor: ({ cursor: { idx }, data }) => {
        if (idx === null || idx === undefined) return holder.removeAttribute('title');
        const values = series.map(
          ({ label }, index) => `${label}: ${data[index + 1][idx] === null ? '–' : format(data[index + 1][idx])}`,
        );
        holder.title = [new Date(data[0][idx] * 1000).toLocaleTimeString(), ...values].join('\n');
      },
    },
  };
}

function sizeOf(holder) {
  return { width: holder.clientWidth, height: holder.clientHeight };
}

/** Colours are written for both schemes; only an element that has one says which it is now. */
function colourOf(name) {
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** `rgb(1, 2, 3)` with an alpha. */
function withAlpha(rgb, alpha) {
  return rgb.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}
