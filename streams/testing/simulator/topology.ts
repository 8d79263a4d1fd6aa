// A small but nasty topology: everything that the runtime promises is used, and whatever goes wrong shows in a table or an output.
//
//   clicks, tags ─▶ stage users: count ▶ recent, score ──hits (by item)──▶ stage items: tally (looks up labels) ▶ notes
import { jsonCodec } from '../../codec.ts';
import { lookup } from '../../lookup.ts';
import { processor } from '../../processor.ts';
import { sink } from '../../sink.ts';
import { stage } from '../../stage.ts';
import { table, topic } from '../../topic.ts';

export const PREFIX = 'sim';

export type ClickKind = 'plain' | 'forget' | 'reject-first' | 'reject-after-change' | 'reject-after-set' | 'throw';

export interface Click {
  readonly id: string;
  readonly item: string;
  readonly amount: number;
  readonly atMs: number;
  readonly kind: ClickKind;
}

export interface Count {
  n: number;
  sum: number;
  tag: string;
  /** Ids of the latest clicks: one that comes again changes nothing. */
  seen: string[];
}

/** As many as a producer can repeat: it sends a duplicate soon or never. */
export const SEEN_MAX = 40;
export const LATE_LIMIT_MS = 600_000;
export const EXPIRE_AFTER_MS = 300_000;
/** So short that deletions are gone from the log before some local store has seen them. Not for tables that the sink copies. */
const TOMBSTONE_RETENTION_MS = 1_000;

/** Beyond what JSON can go wrong with: what it parses must be of the wanted shape. */
function strictJson<V extends object>(field: keyof V & string) {
  const codec = jsonCodec<V>();
  return {
    encode: (value: V) => codec.encode(value),
    decode: (bytes: Buffer) => {
      const value = codec.decode(bytes);
      if (typeof value !== 'object' || value === null || !(field in value)) throw new Error(`no ${field}`);
      return value;
    },
  };
}

export const clicks = topic<Click>({
  name: 'clicks',
  codec: strictJson<Click>('id'),
  cleanup: 'delete',
  eventTimeMs: (click) => click.atMs,
  receivedAtMs: (click) => click.atMs,
  lateLimitMs: LATE_LIMIT_MS,
});
/** Says nothing of time (its tombstones have the time 0, too), so that the order between the two inputs of the stage can't matter. */
export const tags = topic<{ tag: string }>({
  name: 'tags',
  codec: strictJson<{ tag: string }>('tag'),
  cleanup: 'compact',
  eventTimeMs: () => 0,
});
export const labels = topic<{ label: string }>({
  name: 'labels',
  codec: strictJson<{ label: string }>('label'),
  cleanup: 'compact',
});

export const counts = table<Count>({
  name: 'counts',
  codec: jsonCodec(),
  tombstoneRetentionMs: TOMBSTONE_RETENTION_MS,
});
export const tagged = table<{ tag: string }>({ name: 'tagged', codec: jsonCodec() });
export const ticks = table<{ ticks: number }>({ name: 'ticks', codec: jsonCodec() });
export const recents = table<{ last: string; sum: number }>({
  name: 'recents',
  codec: jsonCodec(),
  expireAfterMs: EXPIRE_AFTER_MS,
});
export const scores = topic<{ score: number }>({ name: 'scores', codec: jsonCodec(), cleanup: 'compact' });
export const hits = topic<{ id: string; user: string; amount: number }>({
  name: 'hits',
  codec: strictJson<{ id: string; user: string; amount: number }>('id'),
  cleanup: 'delete',
});
export const tallies = table<{ n: number; sum: number; chain: number }>({ name: 'tallies', codec: jsonCodec() });
export const notes = topic<{ id: string; label: string; n: number }>({
  name: 'notes',
  codec: jsonCodec(),
  cleanup: 'delete',
});

const labelsLookup = lookup({
  name: 'labels',
  reads: { labels },
  create: () => new Map<string, string>(),
  apply: {
    labels: (view, key, value) => {
      if (value === null) view.delete(key);
      else view.set(key, value.label);
    },
  },
});

const count = processor({
  name: 'count',
  reads: { clicks, tags },
  keeps: { counts, tagged, ticks },
  writes: { hits },
  on: {
    clicks(event, context) {
      const click = event.value;
      if (click === null) return context.tables.counts.delete(event.key);
      if (click.kind === 'reject-first') context.reject('at_once', 'before anything was touched');
      const state = context.tables.counts.get(event.key) ?? { n: 0, sum: 0, tag: '', seen: [] };
      if (state.seen.includes(click.id)) return context.count('repeated');
      state.n += 1;
      state.sum += click.amount;
      state.seen = [...state.seen, click.id].slice(-SEEN_MAX);
      if (click.kind === 'reject-after-change') context.reject('after_change', 'after a value was changed in place');
      context.tables.counts.set(event.key, state);
      context.out.hits.send(click.item, { id: click.id, user: event.key, amount: click.amount });
      if (click.kind === 'reject-after-set') context.reject('after_set', 'after a table was written');
      if (click.kind === 'throw') throw new Error('a bug in a handler');
      if (click.kind === 'forget') context.tables.counts.delete(event.key);
    },
    tags(event, context) {
      if (event.value === null) context.tables.tagged.delete(event.key);
      else context.tables.tagged.set(event.key, event.value);
    },
  },
  every: {
    '1m': (context) => {
      const key = `p${context.partition}`;
      context.tables.ticks.set(key, { ticks: (context.tables.ticks.get(key)?.ticks ?? 0) + 1 });
    },
  },
});

const recent = processor({
  name: 'recent',
  reads: { counts },
  keeps: { recents },
  on: {
    counts(event, context) {
      if (event.value === null) return context.tables.recents.delete(event.key);
      // What has expired must read as absent, swept or not: the sum starts anew then.
      const sum = (context.tables.recents.get(event.key)?.sum ?? 0) + 1;
      context.tables.recents.set(event.key, { last: event.value.seen.at(-1) ?? '', sum });
    },
  },
});

const score = processor({
  name: 'score',
  reads: { counts },
  joins: { recents },
  writes: { scores },
  conflates: ['counts'],
  on: {
    counts(event, context) {
      context.out.scores.send(
        event.key,
        event.value === null ? null : { score: event.value.sum * 1_000 + event.value.n },
      );
    },
  },
});

const tally = processor({
  name: 'tally',
  reads: { hits },
  keeps: { tallies },
  looksUp: { labels: labelsLookup },
  writes: { notes },
  on: {
    hits(event, context) {
      const hit = event.value;
      if (hit === null) return;
      const state = context.tables.tallies.get(event.key) ?? { n: 0, sum: 0, chain: 0 };
      const n = state.n + 1;
      // The chain depends on the order: two orders of the same hits give two values.
      const chain = (state.chain * 31 + hit.amount + hit.id.length) % 1_000_003;
      context.tables.tallies.set(event.key, { n, sum: state.sum + hit.amount, chain });
      context.out.notes.send(event.key, { id: hit.id, label: context.lookups.labels.get(event.key) ?? 'unknown', n });
    },
  },
});

export const users = stage('users', [count, recent, score]);
export const items = stage('items', [tally]);
export const stages = [users, items];
export const copying = sink({ name: 'copying', reads: [tagged, recents, tallies], follows: [users, items] });

export const ITEMS = ['anvil', 'bread', 'candle', 'drum', 'egg'];
