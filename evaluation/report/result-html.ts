// An evaluation as one HTML page with plots: everything is in the file, nothing is fetched from anywhere.
import type { AlgorithmResult, Comparison, Evaluation } from '../evaluation.ts';
import { choiceRule } from './result-json.ts';
import { barPlot, escaped, linePlot } from './svg-plots.ts';

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1c2024; background: #fff }
table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto }
th, td { padding: .3rem .7rem; border-bottom: 1px solid #d8dce0; text-align: right; white-space: nowrap }
th:first-child, td:first-child { text-align: left }
figure { margin: 1.5rem 0 } figcaption { font-weight: 600 } svg { max-width: 100%; height: auto }
`;

export function resultHtml(
  evaluation: Evaluation,
  comparison: Comparison | undefined,
  { timings }: { readonly timings: boolean },
): string {
  const { protocol, sizes, results, chosen, isChosen, ks } = evaluation;
  const k = Math.max(...ks);
  const about = Object.entries(sizes).map(
    ([name, size]) => `${size.toLocaleString('en')} ${name.replaceAll('_', ' ')}`,
  );
  return [
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>Evaluation: ${escaped(protocol)}</title><style>${STYLE}</style></head><body>`,
    `<h1>Evaluation by replay: ${escaped(protocol)}</h1><p>${escaped(about.join(', '))}.</p>`,
    isChosen
      ? `<p>Chosen by ${escaped(choiceRule(evaluation))}: <b>${escaped(results[0]?.algorithm ?? '')}</b>.</p>`
      : '',
    resultsTable(results, ks, timings),
    ...(['hit_rate', 'mrr', 'recall', 'ndcg'] as const).map((name) => metricPlot(results, `${name}@${k}`)),
    ...slicePlots(results, `ndcg@${k}`),
    chosen.some(({ validation }) => !Number.isNaN(validation)) ? validationTable(evaluation) : '',
    comparison === undefined ? '' : comparisonTable(comparison),
    '</body></html>\n',
  ].join('\n');
}

function resultsTable(results: readonly AlgorithmResult[], ks: readonly number[], timings: boolean): string {
  const heads = ks.flatMap((k) => [`HR@${k} %`, `MRR@${k} %`, `recall@${k}`, `NDCG@${k}`, `MAP@${k}`]);
  const rows = results.map(({ algorithm, tally, modelBytes }) => {
    const metrics = ks.flatMap((k) =>
      ['hit_rate', 'mrr', 'recall', 'ndcg', 'map'].map((name) => tally.mean(`${name}@${k}`).toPrecision(4)),
    );
    const lists = Object.values(tally.catalogue()).map((figure) => figure.toPrecision(3));
    const timed = timings ? [tally.latencyMs(0.5).toFixed(3), tally.latencyMs(0.99).toFixed(3)] : [];
    return [algorithm, String(tally.events), ...metrics, ...lists, (modelBytes / 1e6).toFixed(1), ...timed];
  });
  const ofLists = ['coverage', 'ARP', 'Gini', 'novelty', 'diversity', 'MB'];
  return table(['algorithm', 'events', ...heads, ...ofLists, ...(timings ? ['p50 ms', 'p99 ms'] : [])], rows);
}

function metricPlot(results: readonly AlgorithmResult[], key: string): string {
  const bars = results.map(({ algorithm, tally }) => ({
    name: algorithm,
    value: tally.mean(key),
    ...tally.interval(key),
  }));
  return figure(`${key}, with 95 % intervals`, barPlot(bars));
}

/** One plot for each family of slices: those that begin with the same word. */
function slicePlots(results: readonly AlgorithmResult[], key: string): string[] {
  const names = results[0]?.tally.slices().map(({ name }) => name) ?? [];
  const families = Map.groupBy(names, (name) => name.split(' ', 1)[0] ?? '');
  return [...families.values()].map((family) => {
    const ordered = family.toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }));
    const lines = results.map(({ algorithm, tally }) => {
      const slices = new Map(tally.slices().map(({ name, means }) => [name, means[key] ?? 0]));
      return { name: algorithm, values: ordered.map((name) => slices.get(name) ?? 0) };
    });
    return figure(`${key} by part of the events`, linePlot(ordered, lines));
  });
}

function validationTable({ chosen, ks }: Evaluation): string {
  const rows = chosen.map(({ algorithm, parameters, validation }) => [
    algorithm,
    validation.toFixed(4),
    Object.entries(parameters).map(([name, value]) => `${name} ${value}`).join(', '), // prettier-ignore
  ]);
  return `<h2>Parameters, chosen on the validation split</h2>${table(['algorithm', `NDCG@${Math.max(...ks)}`, 'parameters'], rows)}`;
}

function comparisonTable({ first, second, metrics }: Comparison): string {
  const rows = Object.entries(metrics).map(([key, { difference, low, high, p }]) => [
    key,
    difference.toFixed(4),
    `${low.toFixed(4)} to ${high.toFixed(4)}`,
    p.toFixed(4),
  ]);
  return `<h2>${escaped(first)} less ${escaped(second)}</h2>${table(['metric', 'difference', '95 % interval', 'p'], rows)}`;
}

function figure(caption: string, svg: string): string {
  return `<figure><figcaption>${escaped(caption)}</figcaption>${svg}</figure>`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((each) => `<th>${escaped(each)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}
