// `freshet import`: files into interactions, items and customers.
import { readFile } from 'node:fs/promises';
import { ImportRefused } from '../../imports/errors.ts';
import { importFile, type ImportSummary } from '../../imports/import-file.ts';
import { parseMapping, type Mapping } from '../../imports/mapping/mapping.ts';
import { preview } from '../../imports/preview.ts';
import { RejectionReport, type Rejection } from '../../imports/rejection-report.ts';
import type { ImportTarget } from '../../imports/target.ts';
import { wallClock } from '../../streams/index.ts';
import { countOption, exitCodes, Misused, textOption, type Arguments } from '../command.ts';
import { chooseTarget } from '../import/choose-target.ts';
import { ProgressLine } from '../import/progress-line.ts';
import { summaryText } from '../import/summary-text.ts';

const PREVIEW_LINES = 5;
const SHOWN_REJECTIONS = 5;

export async function run(args: Arguments): Promise<number> {
  if (args.positionals.length === 0) throw new Misused('which files? See freshet help import.');
  const mapping = await readMapping(args);
  if (args.values['dry-run'] === true) return dryRun(args, mapping);
  const report = textOption(args, 'rejected');
  if (report !== undefined && args.positionals.length > 1)
    throw new Misused('--rejected names the report of one file: import one at a time');
  const target = await chooseTarget(args);
  const stopping = new AbortController();
  stopOnSignal(stopping);
  try {
    const startedMs = wallClock.nowMs();
    const summaries: ImportSummary[] = [];
    for (const path of args.positionals) summaries.push(await importOne(args, path, mapping, target, stopping.signal));
    const seconds = (wallClock.nowMs() - startedMs) / 1000;
    if (args.values['json'] === true) process.stdout.write(`${JSON.stringify({ files: summaries, seconds })}\n`);
    return exitCodes.done;
  } finally {
    await target.close();
  }
}

async function readMapping(args: Arguments): Promise<Mapping> {
  const path = textOption(args, 'mapping');
  if (path === undefined)
    throw new Misused('--mapping is missing: the YAML file that says which columns become which fields');
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new ImportRefused(`The mapping ${path} can't be read: ${error.message}`);
  });
  return parseMapping(text, path);
}

async function dryRun(args: Arguments, mapping: Mapping): Promise<number> {
  const linesMax = countOption(args, 'limit', 1) ?? PREVIEW_LINES;
  for (const path of args.positionals) {
    const previews = await preview(path, mapping, wallClock, linesMax);
    for (const each of previews) {
      process.stdout.write(`${JSON.stringify(each, null, args.values['json'] === true ? 0 : 2)}\n`);
    }
  }
  return exitCodes.done;
}

async function importOne(
  args: Arguments,
  path: string,
  mapping: Mapping,
  target: ImportTarget,
  signal: AbortSignal,
): Promise<ImportSummary> {
  const limit = countOption(args, 'limit', 1);
  const report = new RejectionReport(textOption(args, 'rejected') ?? `${path}.rejected.jsonl`);
  const line = new ProgressLine(process.stderr, wallClock);
  const startedMs = wallClock.nowMs();
  const show = showFirst(countOption(args, 'show-rejected', 0) ?? SHOWN_REJECTIONS, line);
  line.say(`${path} → ${target.name}`);
  try {
    const summary = await importFile({
      path,
      mapping,
      target,
      report,
      clock: wallClock,
      signal,
      onBegin: ({ lines, bytes }) => line.begin(lines, bytes),
      onProgress: (state) => line.show(state),
      onRejected: show,
      ...(limit === undefined ? {} : { limit }),
    });
    line.say(summaryText(summary, (wallClock.nowMs() - startedMs) / 1000, report.path));
    return summary;
  } finally {
    line.clear();
  }
}

function showFirst(count: number, line: ProgressLine): (rejection: Rejection) => void {
  let shown = 0;
  return ({ line: number, reason }) => {
    shown += 1;
    if (shown <= count) line.say(`  line ${number} rejected: ${reason}`);
    if (shown === count + 1 && count > 0) line.say('  … further ones are in the report');
  };
}

/** The first signal ends after the chunk under way; a second one at once, which loses nothing either. */
function stopOnSignal(stopping: AbortController): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
}
