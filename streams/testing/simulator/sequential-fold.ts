// What the topology must have made of its inputs: plain code that knows nothing of tasks, batches, transactions or stores, and
// handles the committed input of one partition, record by record.
import type { LogRecord } from '../../log/log.ts';
import { EXPIRE_AFTER_MS, LATE_LIMIT_MS, SEEN_MAX, type Click, type Count } from './topology.ts';

export interface Rejected {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly reason: string;
}

export interface UsersFold {
  readonly counts: Map<string, string>;
  readonly tagged: Map<string, string>;
  readonly ticks: Map<string, string>;
  readonly recents: Map<string, string>;
  readonly scores: Map<string, string>;
  /** Ids of the clicks that were passed on to the items, in order. */
  readonly hits: string[];
  readonly rejected: Rejected[];
  readonly streamTimeMs: number;
}

interface Recent {
  readonly last: string;
  readonly sum: number;
  readonly writtenAtMs: number;
}

const MINUTE_MS = 60_000;

export function foldUsers(partition: number, clicks: readonly LogRecord[], tags: readonly LogRecord[]): UsersFold {
  const counts = new Map<string, Count>();
  const recents = new Map<string, Recent>();
  const scores = new Map<string, string>();
  const hits: string[] = [];
  const rejected: Rejected[] = [];
  let ticks = 0;
  let nowMs = 0;

  const forget = (user: string) => {
    counts.delete(user);
    recents.delete(user);
    scores.delete(user);
  };

  for (const record of clicks) {
    const reason = reasonToReject(record, nowMs) ?? reasonOfHandler(record, counts);
    if (reason !== undefined) {
      rejected.push({ topic: record.topic, partition, offset: record.offset, reason });
      continue;
    }
    const user = record.key?.toString('utf8') ?? '';
    const click = record.value === null ? null : (JSON.parse(record.value.toString('utf8')) as Click);
    const atMs = click?.atMs ?? record.timestampMs;
    if (nowMs > 0 && Math.floor(atMs / MINUTE_MS) > Math.floor(nowMs / MINUTE_MS)) ticks += 1;
    nowMs = Math.max(nowMs, atMs);
    if (click === null) {
      forget(user);
      continue;
    }
    const before = counts.get(user) ?? { n: 0, sum: 0, tag: '', seen: [] };
    if (before.seen.includes(click.id)) continue;
    const after = {
      n: before.n + 1,
      sum: before.sum + click.amount,
      tag: '',
      seen: [...before.seen, click.id].slice(-SEEN_MAX),
    };
    hits.push(click.id);
    const recent = recents.get(user);
    const isFresh = recent !== undefined && nowMs - recent.writtenAtMs <= EXPIRE_AFTER_MS;
    counts.set(user, after);
    recents.set(user, { last: click.id, sum: (isFresh ? recent.sum : 0) + 1, writtenAtMs: nowMs });
    scores.set(user, JSON.stringify({ score: after.sum * 1_000 + after.n }));
    if (click.kind === 'forget') forget(user);
  }

  const tagged = new Map<string, string>();
  for (const record of tags) {
    const user = record.key?.toString('utf8') ?? '';
    if (record.value === null) tagged.delete(user);
    else tagged.set(user, record.value.toString('utf8'));
  }
  return {
    counts: new Map([...counts].map(([user, state]) => [user, JSON.stringify(state)])),
    tagged,
    ticks: ticks === 0 ? new Map() : new Map([[`p${partition}`, JSON.stringify({ ticks })]]),
    recents: livingAt(nowMs, recents),
    scores,
    hits,
    rejected,
    streamTimeMs: nowMs,
  };
}

export interface ItemsFold {
  readonly tallies: Map<string, string>;
  /** What must have been noted, once each: item, id and the count of the item at that moment. */
  readonly notes: string[];
}

export function foldItems(hits: readonly LogRecord[]): ItemsFold {
  const tallies = new Map<string, { n: number; sum: number; chain: number }>();
  const notes: string[] = [];
  for (const { key, value } of hits) {
    const item = key?.toString('utf8') ?? '';
    const hit = JSON.parse(value?.toString('utf8') ?? 'null') as { id: string; amount: number };
    const { n, sum, chain } = tallies.get(item) ?? { n: 0, sum: 0, chain: 0 };
    tallies.set(item, {
      n: n + 1,
      sum: sum + hit.amount,
      chain: (chain * 31 + hit.amount + hit.id.length) % 1_000_003,
    });
    notes.push(`${item} ${hit.id} ${n + 1}`);
  }
  return { tallies: new Map([...tallies].map(([item, state]) => [item, JSON.stringify(state)])), notes };
}

function reasonToReject({ key, value }: LogRecord, nowMs: number): string | undefined {
  if (key === null) return 'no_key';
  if (value === null) return undefined;
  const click = parsed(value);
  if (click === undefined) return 'undecodable';
  return nowMs - click.atMs > LATE_LIMIT_MS ? 'too_late' : undefined;
}

/** A click that was counted before is not looked at any further, whatever its kind. */
function reasonOfHandler({ key, value }: LogRecord, counts: ReadonlyMap<string, Count>): string | undefined {
  const click = value === null ? undefined : parsed(value);
  if (click === undefined) return undefined;
  if (click.kind === 'reject-first') return 'at_once';
  if (counts.get(key?.toString('utf8') ?? '')?.seen.includes(click.id)) return undefined;
  if (click.kind === 'reject-after-change') return 'after_change';
  if (click.kind === 'reject-after-set') return 'after_set';
  return click.kind === 'throw' ? 'handler_failed' : undefined;
}

function parsed(value: Buffer): Click | undefined {
  try {
    const click = JSON.parse(value.toString('utf8')) as Click | null;
    return typeof click === 'object' && click !== null && 'id' in click ? click : undefined;
  } catch {
    return undefined; // that is what is asked
  }
}

/** Entries go in steps of a minute, one minute after their time at the latest. */
function livingAt(nowMs: number, recents: ReadonlyMap<string, Recent>): Map<string, string> {
  const living = new Map<string, string>();
  for (const [user, { last, sum, writtenAtMs }] of recents) {
    const dueMinute = Math.floor((writtenAtMs + EXPIRE_AFTER_MS + MINUTE_MS) / MINUTE_MS);
    if (Math.floor(nowMs / MINUTE_MS) <= dueMinute) living.set(user, JSON.stringify({ last, sum }));
  }
  return living;
}
