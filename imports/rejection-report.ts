// The report of lines that can't be used: one JSON object a line, with line number, reason and text.
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { ImportRefused } from './errors.ts';

export interface Rejection {
  readonly line: number;
  readonly reason: string;
  /** Of the line, cut off when it is long. */
  readonly text: string;
}

const TEXT_LENGTH_MAX = 1000;

/** Kept in step with the import: written before each commit, and cut back to the last commit when an import goes on. */
export class RejectionReport {
  readonly path: string;
  private waiting: string[] = [];

  constructor(path: string) {
    this.path = path;
  }

  add({ line, reason, text }: Rejection): void {
    this.waiting.push(`${JSON.stringify({ line, reason, text: text.slice(0, TEXT_LENGTH_MAX) })}\n`);
  }

  async flush(): Promise<void> {
    if (this.waiting.length === 0) return;
    const lines = this.waiting.join('');
    this.waiting = [];
    await appendFile(this.path, lines).catch((error: Error) => {
      throw new ImportRefused(
        `the report of rejected lines can't be written: ${error.message}; choose another place with --rejected`,
      );
    });
  }

  /** Forgets what was reported of lines that are about to be read again. */
  async keepUpTo(line: number): Promise<void> {
    this.waiting = [];
    const entries = await this.former();
    const kept = entries.filter((entry) => (lineOf(entry) ?? Infinity) <= line);
    if (kept.length === 0) await rm(this.path, { force: true });
    else await writeFile(this.path, `${kept.join('\n')}\n`);
  }

  private async former(): Promise<string[]> {
    const text = await readFile(this.path, 'utf8').catch(() => '');
    const entries = text.split('\n').filter((entry) => entry !== '');
    if (entries.length > 0 && lineOf(entries[0] ?? '') === undefined) {
      throw new ImportRefused(
        `${this.path} is no report of rejected lines, so it is not overwritten; choose another place with --rejected`,
      );
    }
    return entries;
  }
}

/** Undefined for what is no entry, such as a last one that was cut off by a crash. */
function lineOf(entry: string): number | undefined {
  const match = /^\{"line":(\d+),"reason":.*\}$/.exec(entry);
  return match === null ? undefined : Number(match[1]);
}
