// Shows how far an evaluation is: a bar that is rewritten on a terminal, a line now and then elsewhere.
import type { Progress } from '../../evaluation/evaluation.ts';
import type { Clock } from '../../streams/index.ts';
import { bar, CLEAR_LINE, type ProgressOutput } from '../import/progress-line.ts';

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 10_000;

export class EvaluationProgress implements Progress {
  readonly #output: ProgressOutput;
  readonly #clock: Clock;
  #lastMs: number;
  #isDrawn = false;

  constructor(output: ProgressOutput, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
    this.#lastMs = clock.nowMs();
  }

  show(what: string, done: number, of: number): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#lastMs < (this.#output.isTTY ? REDRAW_MS : PLAIN_LINE_MS)) return;
    this.#lastMs = nowMs;
    const share = of === 0 ? 1 : done / of;
    const text = `${bar(share)} ${Math.floor(100 * share)} %  ${what}`;
    this.#output.write(this.#output.isTTY ? CLEAR_LINE + text : `${text}\n`);
    this.#isDrawn = true;
  }

  note(text: string): void {
    this.clear();
    this.#output.write(`${text}\n`);
  }

  clear(): void {
    if (this.#isDrawn && this.#output.isTTY) this.#output.write(CLEAR_LINE);
    this.#isDrawn = false;
  }
}
