// Once a second: how many events came, how fresh the answers are, and how long they took. The last minutes are kept, so that a page that is
// opened now has a chart at once.
import type { Registry } from 'prom-client';
import type { GatewayClock, RuntimeStatus } from '../dependencies.ts';
import { LatencyMeter } from './latency.ts';

export interface Sample {
  /** Seconds since 1970. */
  readonly at: number;
  readonly per_second: number;
  readonly freshness_p50_ms: number | null;
  readonly freshness_p99_ms: number | null;
  readonly lag_records: number;
  readonly requests_per_second: number;
  readonly latency_p50_ms: number | null;
  readonly latency_p99_ms: number | null;
}

interface Dependencies {
  readonly status: () => RuntimeStatus;
  readonly clock: GatewayClock;
  readonly metrics: Registry;
}

const samplesMax = 300;
const periodMs = 1000;

export class Sampler {
  readonly #samples: Sample[] = [];
  readonly #status: () => RuntimeStatus;
  readonly #clock: GatewayClock;
  readonly #latency: LatencyMeter;
  readonly #timer: NodeJS.Timeout;
  #former: { readonly records: number; readonly atMs: number };

  constructor({ status, clock, metrics }: Dependencies, each: (sample: Sample) => void) {
    this.#status = status;
    this.#clock = clock;
    this.#latency = new LatencyMeter(metrics);
    this.#former = { records: status().recordsProcessed, atMs: clock.nowMs() };
    this.#timer = setInterval(() => void this.#take().then(each), periodMs).unref();
  }

  samples(): readonly Sample[] {
    return this.#samples;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #take(): Promise<Sample> {
    const { requests, p50Ms, p99Ms } = await this.#latency.sinceLast();
    const { recordsProcessed, freshnessMs, tasks } = this.#status();
    const atMs = this.#clock.nowMs();
    const seconds = Math.max((atMs - this.#former.atMs) / 1000, 0.001);
    const sample: Sample = {
      at: Math.round(atMs / 1000),
      per_second: Math.round((recordsProcessed - this.#former.records) / seconds),
      freshness_p50_ms: freshnessMs?.p50 ?? null,
      freshness_p99_ms: freshnessMs?.p99 ?? null,
      lag_records: tasks.reduce((sum, { lagRecords }) => sum + lagRecords, 0),
      requests_per_second: Math.round(requests / seconds),
      latency_p50_ms: p50Ms,
      latency_p99_ms: p99Ms,
    };
    this.#former = { records: recordsProcessed, atMs };
    this.#samples.push(sample);
    if (this.#samples.length > samplesMax) this.#samples.shift();
    return sample;
  }
}
