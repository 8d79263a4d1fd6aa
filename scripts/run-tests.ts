// Runs test files with Node's own runner: one line per file, and the details of what failed.
import { relative, resolve } from 'node:path';
import { run } from 'node:test';
import type { EventData } from 'node:test';
import { inspect } from 'node:util';
import { collectLeftOut } from '../test/left-out.ts';

/** Tests share the machine with the servers that some of them start: more at once breaks time limits, it saves nothing. */
const filesAtOnce = 2;
const fileLimitMs = 300_000;

export type Outcome = { passed: number; failed: number; leftOut: string[] };

type FileResult = { passed: number; failures: EventData.TestFail[]; output: string };

export async function runTests(files: string[]): Promise<Outcome> {
  const outcome: Outcome = { passed: 0, failed: 0, leftOut: [] };
  if (files.length === 0) return outcome;
  const leftOut = collectLeftOut();
  const results = new Map<string, FileResult>();
  const skipped: string[] = [];

  for await (const event of run({ files, concurrency: filesAtOnce, timeout: fileLimitMs, signal: interrupted() })) {
    if (event.type === 'test:pass') {
      if (event.data.skip !== undefined || event.data.todo !== undefined) skipped.push(skippedLine(event.data));
      else if (event.data.details.type !== 'suite') resultOf(runFileOf(event.data)).passed += 1;
    } else if (event.type === 'test:fail') {
      if (!isEchoOfItsParts(event.data)) resultOf(runFileOf(event.data)).failures.push(event.data);
    } else if (event.type === 'test:stdout' || event.type === 'test:stderr') {
      resultOf(runFileOf(event.data)).output += event.data.message;
    } else if (event.type === 'test:summary' && event.data.file !== undefined) {
      report(event.data.file, resultOf(runFileOf(event.data)), event.data.duration_ms);
    }
  }
  for (const [file, result] of results) {
    outcome.passed += result.passed;
    outcome.failed += result.failures.length;
    for (const failure of result.failures) reportFailure(file, failure);
    if (result.failures.length > 0 && result.output !== '')
      console.log(`--- output of ${nameOf(file)}\n${result.output}`);
  }
  const left = leftOut();
  outcome.leftOut = [...skipped, ...left.map(({ reason }) => reason)];
  // In CI the machine has everything: what is left out there would never run anywhere.
  if (process.env['CI'] === 'true') outcome.failed += skipped.length + left.filter(({ dataSet }) => !dataSet).length;
  return outcome;

  function resultOf(file: string | undefined): FileResult {
    const key = file === undefined ? 'unknown file' : resolve(file);
    const result = results.get(key) ?? { passed: 0, failures: [], output: '' };
    results.set(key, result);
    return result;
  }
}

/** A contract suite's tests name the contract as their file; what counts is the file that ran it. */
function runFileOf(data: { file?: string | undefined }): string | undefined {
  return (data as { entryFile?: string }).entryFile ?? data.file;
}

/** Test processes do not end with us by themselves: an interrupted run takes them along. */
function interrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

/** A suite or a test with parts fails again when one of its parts has failed: that is one failure, not two. */
function isEchoOfItsParts({ details }: EventData.TestFail): boolean {
  return (details.error as { failureType?: string }).failureType === 'subtestsFailed';
}

function skippedLine({ name, file, skip, todo }: EventData.TestPass): string {
  const reason = skip ?? todo;
  return `${nameOf(file)}: ${name}${typeof reason === 'string' ? ` (${reason})` : ''}`;
}

function report(file: string, { passed, failures }: FileResult, durationMs: number): void {
  const verdict = failures.length === 0 ? 'ok    ' : 'FAILED';
  console.log(
    `${verdict} ${nameOf(file)}: ${passed} of ${passed + failures.length} (${(durationMs / 1000).toFixed(1)} s)`,
  );
}

function reportFailure(ranFile: string, { name, file, line, details }: EventData.TestFail): void {
  const cause = (details.error as Error).cause ?? details.error;
  console.log(`\nFAILED ${nameOf(ranFile)}: ${name} (${nameOf(file)}:${line ?? 1})`);
  console.log(inspect(cause));
}

function nameOf(file: string | undefined): string {
  return relative(process.cwd(), file ?? 'unknown file');
}
