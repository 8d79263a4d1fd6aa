// How good the lists are that a running system answers over HTTP, against what the replay says of them, on one set of events: a matter of
// quality, not of time. `--folder` with MovieLens' ml-100k.inter.gz; without it, generated customers.
import { join } from 'node:path';
import { evaluateOnline } from '../evaluation/prequential/evaluate-online.ts';
import { evaluatePrequential } from '../evaluation/prequential/evaluate-prequential.ts';
import type { Tally } from '../evaluation/tally.ts';
import { twoTastes } from '../evaluation/testing/two-tastes.ts';
import { readInteractions } from '../evaluation/topn/read-interactions.ts';
import { startFreshet } from '../test/end-to-end/freshet-process.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';
import { inTemporaryFolder } from './lib/temporary-folder.ts';

const LIST = 10;
const KEYS = [`recall@${LIST}`, `ndcg@${LIST}`] as const;
const RATING_MIN = 5;
const TELL_EVERY = 1_000;
const PACE_MS = 40;

export async function run({ folder, events = 5_000 }: BenchOptions): Promise<Figures> {
  const raw = folder === undefined ? twoTastes(events) : readInteractions(join(folder, 'ml-100k.inter.gz'));
  const course = { ks: [LIST], sample: 1, minRating: RATING_MIN, limit: events };
  const progress = { show: () => {}, note: () => {} };
  const replayed = evaluatePrequential([], raw, { ...course, algorithms: ['freshet', 'popularity'], progress });
  const [offline, popularity] = replayed.results.map(({ tally }) => figuresOf(tally));
  const online = await inTemporaryFolder(async (dataDir) => {
    const freshet = await startFreshet(dataDir);
    try {
      await freshet.ready();
      return figuresOf(await evaluateOnline(raw, { ...course, paceMs: PACE_MS, onProgress: tell }, freshet));
    } finally {
      await freshet.stop();
    }
  });
  const figures = { asked: replayed.results[0]?.tally.events, online, offline, popularity };
  console.dir(figures, { depth: null });
  return figures;
}

function tell(done: number, of: number): void {
  if (done % TELL_EVERY === 0) console.log(`  ${done} of ${of} events`);
}

function figuresOf(tally: Tally): Figures {
  return Object.fromEntries(KEYS.map((key) => [key, { mean: tally.mean(key), ...tally.interval(key) }]));
}
