// What `freshet import` says of a file at its end.
import type { ImportSummary } from '../../imports/import-file.ts';

export function summaryText(summary: ImportSummary, seconds: number, report: string): string {
  if (summary.outcome === 'done before') {
    return `  was imported before: ${count(summary.accepted, 'record')}. Nothing was done.`;
  }
  const read = summary.lines - summary.resumed_at_line;
  const isResumed = summary.resumed_at_line > 0;
  const speed = Math.round(read / Math.max(seconds, 0.001)).toLocaleString('en');
  return [
    isResumed ? `  went on after line ${summary.resumed_at_line.toLocaleString('en')}` : '',
    `  ${count(summary.accepted, 'record')} imported from ${count(summary.lines, 'line')}` +
      ` (${count(read, 'line')} in ${seconds.toFixed(1)} s, ${speed} a second)`,
    summary.left_out > 0
      ? `  ${count(summary.left_out, 'line')} left out${isResumed ? ' of these' : ''}, as the mapping says`
      : '',
    summary.rejected > 0 ? `  ${count(summary.rejected, 'line')} rejected, listed in ${report}` : '',
    summary.outcome === 'stopped' ? '  stopped at the limit; without it, the same command goes on from there' : '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
