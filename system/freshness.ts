// How long an accepted interaction takes until it is readable, measured on a few of those that really pass.
import { Histogram, type Registry } from 'prom-client';
import type { Clock } from '../streams/index.ts';
import type { Log, TopicOffset } from '../streams/log/log.ts';
import type { ServingStore, StageInput } from '../serving/serving-store.ts';
import { watchedWrites } from './watched-writes.ts';

export interface Freshness {
  /** The log's ways to write, sampled where they write to the watched topic. */
  readonly append: Log['append'];
  readonly openTransactor: Log['openTransactor'];
  /** Over the last samples, in milliseconds; null before the first. */
  recent(): { readonly p50: number; readonly p99: number } | null;
}

const SAMPLES_KEPT = 200;
const SAMPLE_EVERY_MS = 50;
const SAMPLE_TIMEOUT_MS = 60_000;
const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function measureFreshness(
  log: Log,
  serving: ServingStore,
  input: Omit<StageInput, 'partition'>,
  clock: Clock,
  registry: Registry,
): Freshness {
  const durations = new Histogram({
    name: 'freshet_freshness_seconds',
    help: 'From accepted to readable, of some of the interactions that this process wrote. Longer than a minute counts as one.',
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  const samples: number[] = [];
  let lastSampleMs = 0;
  const sample = async (partition: number, offset: number) => {
    const startMs = performance.now();
    const isReadable = await serving.waitForProgress({ ...input, partition, offset }, SAMPLE_TIMEOUT_MS);
    const tookMs = performance.now() - startMs;
    const isOver = !isReadable && tookMs < SAMPLE_TIMEOUT_MS; // the process ends, and nobody will know
    if (!isOver) durations.observe(tookMs / 1000);
    if (!isReadable) return;
    samples.push(tookMs);
    if (samples.length > SAMPLES_KEPT) samples.shift();
  };
  const sampleOf = (places: readonly TopicOffset[]) => {
    const last = places.findLast((place) => place.topic === input.topic);
    const nowMs = clock.nowMs();
    if (last === undefined || nowMs - lastSampleMs < SAMPLE_EVERY_MS) return;
    lastSampleMs = nowMs;
    void sample(last.partition, last.offset);
  };
  return {
    ...watchedWrites(log, (_, places) => sampleOf(places)),
    recent: () => {
      if (samples.length === 0) return null;
      const sorted = samples.toSorted((one, other) => one - other);
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      return { p50: at(0.5), p99: at(0.99) };
    },
  };
}
