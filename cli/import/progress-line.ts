// Shows how an import is getting on: one line that is rewritten on a terminal, a line now and then elsewhere.
import type { Clock } from '../../streams/index.ts';
import type { ImportState } from '../../imports/import-file.ts';

export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 10_000;
const BAR_LENGTH = 24;
export const CLEAR_LINE = '\r\u001b[2K';

export class ProgressLine {
  private readonly output: ProgressOutput;
  private readonly clock: Clock;
  private begun: { readonly atMs: number; readonly lines: number; readonly bytes: number } | undefined;
  private lastMs: number;
  private isDrawn = false;

  constructor(output: ProgressOutput, clock: Clock) {
    this.output = output;
    this.clock = clock;
    this.lastMs = clock.nowMs();
  }

  /** Speed is measured from here on. */
  begin(lines: number, bytes: number): void {
    this.begun = { atMs: this.clock.nowMs(), lines, bytes };
    this.lastMs = this.begun.atMs;
  }

  show(state: ImportState): void {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.lastMs < (this.output.isTTY ? REDRAW_MS : PLAIN_LINE_MS)) return;
    this.lastMs = nowMs;
    const text = describe(state, this.begun ?? { atMs: nowMs, lines: 0, bytes: 0 }, nowMs);
    if (this.output.isTTY) this.output.write(CLEAR_LINE + text.slice(0, (this.output.columns ?? 100) - 1));
    else this.output.write(`${text}\n`);
    this.isDrawn = true;
  }

  /** A line of its own, above the progress. */
  say(text: string): void {
    this.clear();
    this.output.write(`${text}\n`);
  }

  clear(): void {
    if (this.isDrawn && this.output.isTTY) this.output.write(CLEAR_LINE);
    this.isDrawn = false;
  }
}

function describe(state: ImportState, begun: { atMs: number; lines: number; bytes: number }, nowMs: number): string {
  const share = state.source.bytes === 0 ? 1 : state.bytes / state.source.bytes;
  const seconds = Math.max(0.001, (nowMs - begun.atMs) / 1000);
  const linesPerSecond = Math.round((state.lines - begun.lines) / seconds);
  const bytesPerSecond = (state.bytes - begun.bytes) / seconds;
  const left = bytesPerSecond > 0 ? (state.source.bytes - state.bytes) / bytesPerSecond : undefined;
  const rejected = state.rejected === 0 ? '' : `, ${count(state.rejected)} rejected`;
  return (
    `${state.source.name} ${bar(share)} ${Math.floor(share * 100)} %  ${count(linesPerSecond)} lines/s` +
    `${left === undefined ? '' : `  ${clockTime(left)} left`}  ${count(state.accepted)} accepted${rejected}`
  );
}

export function bar(share: number): string {
  const full = Math.round(Math.min(1, share) * BAR_LENGTH);
  return '█'.repeat(full) + '░'.repeat(BAR_LENGTH - full);
}

function clockTime(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
