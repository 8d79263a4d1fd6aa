// An evaluation as a table for a terminal.
import type { AlgorithmResult, Comparison, Evaluation } from '../evaluation.ts';
import { choiceRule } from './result-json.ts';

const REPEATS_SHOWN = 5;

export function resultTable(evaluation: Evaluation, comparison: Comparison | undefined, timings: boolean): string {
  const { protocol, sizes, results, chosen, isChosen, ks } = evaluation;
  const about = Object.entries(sizes).map(
    ([name, size]) => `${size.toLocaleString('en')} ${name.replaceAll('_', ' ')}`,
  );
  const rows = [headings(ks, timings), ...results.map((result) => cells(result, ks, timings))];
  return [
    `Protocol ${protocol}: ${about.join(', ')}`,
    ...(isChosen ? [`Chosen by ${choiceRule(evaluation)}: ${chosen.map(({ algorithm, validation }) => `${algorithm} ${validation.toFixed(4)}`).join(', ')}`] : []), // prettier-ignore
    '',
    ...aligned(rows),
    ...results.filter(({ parameters }) => Object.keys(parameters).length > 0).map(parametersLine),
    ...results.flatMap(repeatLines),
    ...(comparison === undefined ? [] : ['', ...comparisonLines(comparison)]),
    '',
  ].join('\n');
}

function headings(ks: readonly number[], timings: boolean): string[] {
  const ofK = ks.flatMap((k) => [`HR@${k} %`, `MRR@${k} %`, `recall@${k}`, `NDCG@${k}`, `MAP@${k}`]);
  const timed = timings ? ['p50 ms', 'p99 ms'] : [];
  return ['algorithm', 'events', ...ofK, 'coverage', 'ARP', 'Gini', 'novelty', 'diversity', 'MB', ...timed];
}

function cells({ algorithm, tally, modelBytes }: AlgorithmResult, ks: readonly number[], timings: boolean): string[] {
  const ofK = ks.flatMap((k) => [
    tally.mean(`hit_rate@${k}`).toFixed(2),
    tally.mean(`mrr@${k}`).toFixed(2),
    tally.mean(`recall@${k}`).toFixed(4),
    tally.mean(`ndcg@${k}`).toFixed(4),
    tally.mean(`map@${k}`).toFixed(4),
  ]);
  const { coverage, arp, gini, novelty, diversity } = tally.catalogue() as Record<string, number>;
  const ofLists = [coverage, arp, gini, novelty, diversity].map((figure = 0) => figure.toPrecision(3));
  const timed = timings ? [tally.latencyMs(0.5).toFixed(3), tally.latencyMs(0.99).toFixed(3)] : [];
  return [algorithm, tally.events.toLocaleString('en'), ...ofK, ...ofLists, (modelBytes / 1e6).toFixed(1), ...timed];
}

/** The first column to the left, the others to the right. */
function aligned(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}

function parametersLine({ algorithm, parameters }: AlgorithmResult): string {
  return `${algorithm}: ${Object.entries(parameters).map(([name, value]) => `${name} ${value}`).join(', ')}`; // prettier-ignore
}

/** The categories that come back most and least often. */
function repeatLines({ algorithm, repeats = [] }: AlgorithmResult): string[] {
  if (repeats.length <= 1) return [];
  const text = (some: typeof repeats) => some.map(({ category, share }) => `${category} ${(100 * share).toFixed(1)} %`).join(', '); // prettier-ignore
  return [
    `${algorithm}: comes back ${text(repeats.slice(0, REPEATS_SHOWN))}; hardly ever ${text(repeats.slice(-REPEATS_SHOWN))}`,
  ];
}

function comparisonLines({ first, second, metrics }: Comparison): string[] {
  const rows = Object.entries(metrics).map(([key, { difference, low, high, p }]) => [
    key,
    difference.toFixed(4),
    `${low.toFixed(4)} to ${high.toFixed(4)}`,
    p < 0.001 ? '< 0.001' : p.toFixed(3),
  ]);
  return [`${first} less ${second}`, ...aligned([['metric', 'difference', '95 % interval', 'p'], ...rows])];
}
