// Once a second: how many events came and how fresh the answers are. The last minutes are kept, so that a page that is
// opened now has a chart at once.
import type { GatewayClock, RuntimeStatus } from '../dependencies.ts';

export interface Sample {
  /** Seconds since 1970. */
  readonly at: number;
  readonly per_second: number;
  readonly freshness_p50_ms: number | null;
  readonly freshness_p99_ms: number | null;
  readonly lag_records: number;
}

const samplesMax = 300;
const periodMs = 1000;

export class Sampler {
  readonly #samples: Sample[] = [];
  readonly #status: () => RuntimeStatus;
  readonly #clock: GatewayClock;
  readonly #timer: NodeJS.Timeout;
  #former: { readonly records: number; readonly atMs: number };

  constructor(status: () => RuntimeStatus, clock: GatewayClock, each: (sample: Sample) => void) {
    this.#status = status;
    this.#clock = clock;
    this.#former = { records: status().recordsProcessed, atMs: clock.nowMs() };
    this.#timer = setInterval(() => each(this.#take()), periodMs).unref();
  }

  samples(): readonly Sample[] {
    return this.#samples;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #take(): Sample {
    const { recordsProcessed, freshnessMs, tasks } = this.#status();
    const atMs = this.#clock.nowMs();
    const seconds = Math.max((atMs - this.#former.atMs) / 1000, 0.001);
    const sample: Sample = {
      at: Math.round(atMs / 1000),
      per_second: Math.round((recordsProcessed - this.#former.records) / seconds),
      freshness_p50_ms: freshnessMs?.p50 ?? null,
      freshness_p99_ms: freshnessMs?.p99 ?? null,
      lag_records: tasks.reduce((sum, { lagRecords }) => sum + lagRecords, 0),
    };
    this.#former = { records: recordsProcessed, atMs };
    this.#samples.push(sample);
    if (this.#samples.length > samplesMax) this.#samples.shift();
    return sample;
  }
}
