// Fills a data folder's log with a shop, the sessions of its past, and interactions that wait to be processed.
import { createShop, type Shop } from '../../demo/shop.ts';
import { interactionStream } from '../../demo/interactions.ts';
import { recordOf, type Imported } from '../../imports/records.ts';
import { plainInteraction } from '../../schemas/plain-interaction.ts';
import * as topics from '../../schemas/topics.ts';
import type { Interaction, Session } from '../../schemas/types.ts';
import { physicalName } from '../../streams/index.ts';
import type { Log, NewRecord } from '../../streams/log/log.ts';
import { prefix } from '../../test/faults/processing.ts';

const SEED = 1;
const EVENTS_PER_SECOND = 2_000;
const PAST_EVENTS_PER_SECOND = 20;
/** Of the demo's streams one session in so many events. */
const EVENTS_PER_SESSION = 5;
const CHUNK_RECORDS = 2_000;
const HOUR_MS = 3_600_000;

export interface Backlog {
  /**
   * - `shop`     the demo shop's 3,000 customers, whose visits have several events
   * - `uniform`  any of 50,000 customers does something with any item: hardly two events of a customer come together
   */
  readonly workload: 'shop' | 'uniform';
  readonly events: number;
  /** In the session index before the first event. */
  readonly sessions: number;
}

/** Who shares a backlog with others makes this file in its data folder when it has its part of the tasks. */
export const READY_FILE = 'has-tasks';

export const UNIFORM_CUSTOMERS = 50_000;

export async function fillLog(log: Log, backlog: Backlog): Promise<void> {
  await fillPast(log, backlog);
  await append(log, waitingOf(backlog));
}

/** All but the interactions that wait. */
export async function fillPast(log: Log, { sessions }: Pick<Backlog, 'sessions'>): Promise<void> {
  const shop = createShop(SEED);
  await append(log, catalogueOf(shop));
  await append(log, pastSessions(shop, Date.now() - HOUR_MS, sessions).map(sessionRecord));
}

/** The interactions that wait. */
export function waitingOf({ workload, events }: Pick<Backlog, 'workload' | 'events'>): IteratorObject<NewRecord> {
  const shop = createShop(SEED);
  const startMs = Date.now() - (events * 1000) / EVENTS_PER_SECOND;
  const interactions =
    workload === 'shop'
      ? shopInteractions(shop, startMs, EVENTS_PER_SECOND)
      : uniformInteractions(shop, startMs, { customers: UNIFORM_CUSTOMERS, eventsPerSecond: EVENTS_PER_SECOND });
  return interactions.take(events).map(interactionRecord);
}

export function catalogueOf(shop: Shop): NewRecord[] {
  const all: Imported[] = [
    ...shop.items.map((value) => ({ target: 'items' as const, value })),
    ...shop.customers.map((value) => ({ target: 'customers' as const, value })),
  ];
  return all.map((each) => recordOf(prefix, each));
}

export function shopInteractions(
  shop: Shop,
  startMs: number,
  eventsPerSecond: number,
): Generator<Interaction> | IteratorObject<Interaction> {
  const stream = interactionStream(shop, { startMs, eventsPerSecond, swing: 0 });
  return stream.from(0).map(({ interaction }) => interaction);
}

export interface UniformOptions {
  readonly customers: number;
  readonly eventsPerSecond: number;
  /** Consecutive events of one customer. @default 1 */
  readonly perVisit?: number;
}

/** Everybody does something in turn, in an order without pattern, with any item. */
export function* uniformInteractions(shop: Shop, startMs: number, options: UniformOptions): Generator<Interaction> {
  const { customers, eventsPerSecond, perVisit = 1 } = options;
  const items = shop.items.map(({ item_id, price }) => ({ item_id, price: price ?? 1 }));
  for (let number = 0; ; number += 1) {
    const visit = Math.floor(number / perVisit);
    const timeMs = Math.floor(startMs + (number * 1000) / eventsPerSecond);
    const random = scrambled(number);
    const type = eventTypeAt(random % 100);
    const item = items[scrambled(number + 0x9e37) % items.length];
    const isPurchase = type === 'purchase';
    yield plainInteraction({
      interaction_id: `u-${startMs}-${number}`,
      customer_id: customerName(everybodyInTurn(visit, customers)),
      timestamp: timeMs,
      event_type: type,
      item_id: item?.item_id ?? null,
      channel: 'web',
      context: { device: 'desktop' },
      session_id: `u-${visit}`,
      value: isPurchase ? (item?.price ?? 0) : null,
      currency: isPurchase ? 'EUR' : null,
    });
  }
}

/** The customers of `uniformInteractions`, by number. */
export function customerName(number: number): string {
  return `u-${number}`;
}

function eventTypeAt(percent: number): string {
  if (percent < 80) return 'view';
  return percent < 93 ? 'add_to_cart' : 'purchase';
}

/** Steps through all customers before the first comes again; neighbours in the order are far apart. */
function everybodyInTurn(visit: number, customers: number): number {
  const stride = 7_919; // a prime that divides no round number
  return ((visit % customers) * stride) % customers;
}

function scrambled(number: number): number {
  let mixed = Math.imul(number + 1, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

/** Sessions as the stage would have written them, of a time before. */
function pastSessions(shop: Shop, untilMs: number, count: number): Session[] {
  const startMs = untilMs - (count * EVENTS_PER_SESSION * 1000) / PAST_EVENTS_PER_SECOND;
  const sessions = new Map<string, Session>();
  for (const interaction of shopInteractions(shop, startMs, PAST_EVENTS_PER_SECOND)) {
    const { session_id, item_id, customer_id, received_at } = interaction;
    if (session_id === null || item_id === null) continue;
    const known = sessions.get(session_id);
    if (known === undefined && sessions.size === count) break;
    const items = [...(known?.items ?? []).filter((id) => id !== item_id), item_id];
    const started_at = known?.started_at ?? received_at;
    sessions.set(session_id, {
      session_key: `past-${session_id}`,
      customer_id,
      started_at,
      last_at: received_at,
      items,
    });
  }
  return [...sessions.values()];
}

function sessionRecord(session: Session): NewRecord {
  return {
    topic: physicalName(prefix, topics.sessions.name),
    key: Buffer.from(session.session_key),
    value: topics.sessions.codec.encode(session),
    timestampMs: session.last_at,
  };
}

export function interactionRecord(value: Interaction): NewRecord {
  return recordOf(prefix, { target: 'interactions', value });
}

/** In chunks; only the last is waited for by the disk. */
export async function append(log: Log, records: Iterable<NewRecord>): Promise<void> {
  let chunk: NewRecord[] = [];
  for (const record of records) {
    chunk.push(record);
    if (chunk.length < CHUNK_RECORDS) continue;
    await log.append(chunk, { durability: 'memory' });
    chunk = [];
  }
  await log.append(chunk);
}
