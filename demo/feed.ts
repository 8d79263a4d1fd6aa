// Puts the demonstration shop on the log: its items and customers, some weeks of history, and then its life in real time.
//
// Each part is an import with a ledger, so a restart, even after kill -9, goes on without leaving out or doubling an event.
import { openLedger, readProgress, type Ledger, type LedgerLog } from '../imports/ledger.ts';
import { recordOf, type Imported } from '../imports/records.ts';
import type { ImportProgress } from '../schemas/types.ts';
import type { Clock } from '../streams/index.ts';
import { patiently } from '../streams/run.ts';
import { OPENED_MS } from './catalogue.ts';
import { interactionStream, type Arrival, type InteractionStream } from './interactions.ts';
import type { Shop } from './shop.ts';

export interface DemoFeedOptions {
  readonly log: LedgerLog;
  /** Of the topics' names. */
  readonly prefix: string;
  readonly shop: Shop;
  readonly clock: Clock;
  /** On average; evenings have more, nights fewer. */
  readonly eventsPerSecond: number;
  /** How many events of the weeks before the first start there are. @default 20000 */
  readonly historyEvents?: number;
}

export interface DemoFeed {
  /** Resolves once items, customers and history are on the log. */
  readonly ready: Promise<void>;
  /** Resolves once it was stopped, rejects when it can't go on. Handle it: nothing else tells. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Names its ledger, as do the others. */
const HISTORY = 'demo.history';
const CHUNK_RECORDS = 1000;
const HISTORY_MS = 8 * 7 * 86_400_000;
const HISTORY_EVENTS = 20_000;
/** Events closer together than this share a transaction. */
const TICK_MS = 20;
/** What should have happened longer ago than this, because we were not there, is left out. */
const CATCH_UP_MS = 10_000;
/** A demonstration has visitors at night as well. */
const LIVE_SWING = 0.5;

/** Starts feeding at once. */
export function startDemoFeed(options: DemoFeedOptions): DemoFeed {
  const stopping = new AbortController();
  const prepared = prepare(options, stopping.signal);
  const ended = prepared
    .then(() => feedLive(options, stopping.signal))
    .catch((error: unknown) => {
      if (!stopping.signal.aborted) throw error;
    });
  const stop = () => {
    stopping.abort();
    return ended;
  };
  // A failure to prepare is told by `ended` as well: whoever doesn't wait for `ready` must not be ended by it.
  prepared.catch(() => {});
  return { ready: prepared, ended, stop };
}

/** Whether the weeks before the first start are all on the log. */
export async function hasPast(
  { log, prefix, clock }: Pick<DemoFeedOptions, 'log' | 'prefix' | 'clock'>,
  signal: AbortSignal,
): Promise<boolean> {
  // A gateway may be there before any broker has answered it.
  const progress = await patiently(() => readProgress(log, prefix, HISTORY), { clock, signal });
  return progress?.finished ?? false;
}

async function prepare(options: DemoFeedOptions, signal: AbortSignal): Promise<void> {
  await feedCatalogue(options, signal);
  await feedHistory(options, signal);
}

async function feedCatalogue(options: DemoFeedOptions, signal: AbortSignal): Promise<void> {
  const { shop } = options;
  const all: Imported[] = [
    ...shop.items.map((value) => ({ target: 'items' as const, value })),
    ...shop.customers.map((value) => ({ target: 'customers' as const, value })),
  ];
  const name = `catalogue of seed ${shop.seed}: ${shop.items.length} items, ${shop.customers.length} customers`;
  await withLedger(options, 'demo.catalogue', signal, async (ledger) => {
    let done = ledger.progress?.file === name ? ledger.progress.lines : 0;
    while (done < all.length) {
      const chunk = all.slice(done, done + CHUNK_RECORDS);
      done += chunk.length;
      await commit(options, ledger, chunk, progressOf('demo.catalogue', name, done, done === all.length), signal);
    }
  });
}

/** The weeks before the first start, marked as backfill. Its start is kept in the ledger: later starts go on with the same past. */
async function feedHistory(options: DemoFeedOptions, signal: AbortSignal): Promise<void> {
  const { shop, clock, historyEvents = HISTORY_EVENTS } = options;
  if (historyEvents === 0) return;
  await withLedger(options, HISTORY, signal, async (ledger) => {
    if (ledger.progress?.finished) return;
    const startMs = ledger.progress === undefined ? wholeHour(clock.nowMs()) - HISTORY_MS : startOf(ledger.progress);
    const eventsPerSecond = (historyEvents * 1000) / HISTORY_MS;
    const stream = interactionStream(shop, { startMs, eventsPerSecond, backfill: true });
    for (let done = ledger.progress?.lines ?? 0; done < historyEvents;) {
      const chunk = stream
        .from(done)
        .take(Math.min(CHUNK_RECORDS, historyEvents - done))
        .map(imported)
        .toArray();
      done += chunk.length;
      const finished = done === historyEvents;
      await commit(options, ledger, chunk, progressOf(HISTORY, `history from ${startMs}`, done, finished), signal);
    }
  });
}

function wholeHour(timeMs: number): number {
  return timeMs - (timeMs % 3_600_000);
}

function startOf(progress: ImportProgress): number {
  return Number(progress.file.replace('history from ', ''));
}

/**
 * Event numbers follow from the time, so going on is simple: from now, but never from before what the ledger has. At another
 * rate it is another stream, whose events have other ids.
 */
async function feedLive(options: DemoFeedOptions, signal: AbortSignal): Promise<void> {
  const { shop, clock, eventsPerSecond } = options;
  const stream = interactionStream(shop, { startMs: OPENED_MS, eventsPerSecond, swing: LIVE_SWING });
  const name = `live ${stream.id}`;
  await withLedger(options, 'demo.live', signal, async (ledger) => {
    const fed = ledger.progress?.file === name ? ledger.progress.lines : 0;
    let source = new Arrivals(stream, Math.max(fed, stream.numberAt(clock.nowMs())));
    while (!signal.aborted) {
      const nowMs = clock.nowMs();
      if (source.nextMs < nowMs - CATCH_UP_MS) source = new Arrivals(stream, stream.numberAt(nowMs));
      const chunk = source.until(nowMs);
      if (chunk.length > 0)
        await commit(options, ledger, chunk, progressOf('demo.live', name, source.next, false), signal);
      if (!signal.aborted && source.nextMs > nowMs) await clock.sleep(Math.max(TICK_MS, source.nextMs - nowMs), signal);
    }
  });
}

/** Reads a stream with a look at what comes next. */
class Arrivals {
  private readonly arrivals: Generator<Arrival, never, void>;
  private ahead: Arrival;

  constructor(stream: InteractionStream, from: number) {
    this.arrivals = stream.from(from);
    this.ahead = this.arrivals.next().value;
  }

  /** The number of the next event. */
  get next(): number {
    return this.ahead.number;
  }

  get nextMs(): number {
    return this.ahead.arrivalMs;
  }

  /** What has arrived by now, at most a chunk of it. */
  until(nowMs: number): Imported[] {
    const chunk: Imported[] = [];
    while (this.nextMs <= nowMs && chunk.length < CHUNK_RECORDS) {
      chunk.push(imported(this.ahead));
      this.ahead = this.arrivals.next().value;
    }
    return chunk;
  }
}

function imported({ interaction }: Arrival): Imported {
  return { target: 'interactions', value: interaction };
}

function progressOf(id: string, file: string, lines: number, finished: boolean): Omit<ImportProgress, 'updated_at'> {
  return { import_id: id, file, lines, accepted: lines, rejected: 0, bytes: 0, finished };
}

async function commit(
  { prefix, clock }: DemoFeedOptions,
  ledger: Ledger,
  chunk: readonly Imported[],
  progress: Omit<ImportProgress, 'updated_at'>,
  signal: AbortSignal,
): Promise<void> {
  const records = chunk.map((each) => recordOf(prefix, each));
  await ledger.commit(records, { ...progress, updated_at: clock.nowMs() }, signal);
}

async function withLedger(
  { log, prefix, clock }: DemoFeedOptions,
  importId: string,
  signal: AbortSignal,
  use: (ledger: Ledger) => Promise<void>,
): Promise<void> {
  const ledger = await patiently(() => openLedger({ log, prefix, importId, clock }), { clock, signal });
  try {
    await use(ledger);
  } finally {
    await ledger.close();
  }
}
