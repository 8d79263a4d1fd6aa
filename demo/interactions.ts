// The endless stream of what happens in the shop, in the order in which it arrives, readable from any event on at once.
//
// Customers are dealt to lanes; in each lane one visit follows the other, and the lanes take turns, one event each. So an
// event's number gives its lane and its place there, and a block of a lane's events can be made without those before it.
import { plainInteraction } from '../schemas/plain-interaction.ts';
import type { Interaction } from '../schemas/types.ts';
import type { Customer, Habit } from './clientele.ts';
import { hash, randomFor, type Random } from './random.ts';
import { createRhythm, type Rhythm } from './rhythm.ts';
import type { Shop } from './shop.ts';
import { browse, restock, type Step } from './visit.ts';

export interface StreamOptions {
  readonly startMs: number;
  /** On average over a week. */
  readonly eventsPerSecond: number;
  /** How much nights differ from evenings, 0 … 1. @default 1 */
  readonly swing?: number;
  /** Marks the interactions as history, which is never too late. @default false */
  readonly backfill?: boolean;
}

export interface Arrival {
  /** Its place in the stream, from 0. */
  readonly number: number;
  readonly arrivalMs: number;
  readonly interaction: Interaction;
}

export interface InteractionStream {
  /** Distinguishes streams: the same id and number is the same interaction. */
  readonly id: string;
  /** From an event on, endlessly. */
  from(number: number): Generator<Arrival, never, void>;
  /** An event from which on none arrives before a time. */
  numberAt(timeMs: number): number;
}

const SALT = 303;
const BLOCK_EVENTS = 24;
const DWELL_MS = 20_000;
const CUSTOMERS_PER_LANE_MIN = 4;
/** Of a block's events, those that repeat purchases may take. */
const RESTOCK_EVENTS_MAX = BLOCK_EVENTS / 2;
const DUPLICATE_SHARE = 0.01;
const LATE_SHARE = 0.03;
const LATE_MS = [600_000, 72_000_000] as const;
const FAST_CLOCK_SHARE = 0.004;
const FAST_CLOCK_MS = [600_000, 10_800_000] as const;
/** The activity from which on a customer is chosen no more often; few are above it. */
const ACTIVITY_MAX = 4;

export function interactionStream(shop: Shop, options: StreamOptions): InteractionStream {
  const rhythm = createRhythm(options);
  const laneCount = lanesFor(shop.clientele.length, options.eventsPerSecond);
  const salt = hash(SALT, [
    shop.seed,
    options.startMs,
    Math.round(options.eventsPerSecond * 1e6),
    (options.swing ?? 1) * 100,
  ]);
  const regulars = regularsByLane(shop, laneCount);
  const shape: Shape = { shop, regulars, rhythm, laneCount, salt, backfill: options.backfill ?? false };
  return {
    id: salt.toString(36),
    from: (number) => arrivals(shape, number),
    numberAt: (timeMs) => Math.max(0, rhythm.numberAt(timeMs)),
  };
}

interface Shape {
  readonly shop: Shop;
  /** Of each lane, the customers with habits, by their index. */
  readonly regulars: readonly (readonly number[])[];
  readonly rhythm: Rhythm;
  readonly laneCount: number;
  readonly salt: number;
  readonly backfill: boolean;
}

/** One event of a lane, before it has a time. */
interface Entry {
  readonly visit: Visit;
  readonly step: Step;
  /** Its place in its block. Differs from the entry's own place when it arrives a second time. */
  readonly place: number;
}

interface Visit {
  readonly customer: Customer;
  readonly sessionId: string;
  /** Added to the arrival time: negative for what arrives late, positive for fast clocks. */
  readonly shiftMs: number;
  /** Place of its first event in the block. */
  readonly firstPlace: number;
}

interface Block {
  readonly number: number;
  readonly entries: readonly Entry[];
  /** When each of them arrives. */
  readonly arrivalsMs: readonly number[];
}

/** So many lanes that about `DWELL_MS` pass between two events of a visit. */
function lanesFor(customers: number, eventsPerSecond: number): number {
  const wanted = Math.round((eventsPerSecond * DWELL_MS) / 1000);
  return Math.max(1, Math.min(wanted, Math.floor(customers / CUSTOMERS_PER_LANE_MIN)));
}

function regularsByLane({ clientele }: Shop, laneCount: number): number[][] {
  const regulars: number[][] = Array.from({ length: laneCount }, () => []);
  for (const [index, { habits }] of clientele.entries())
    if (habits.length > 0) regulars[index % laneCount]?.push(index);
  return regulars;
}

function* arrivals(shape: Shape, first: number): Generator<Arrival, never, void> {
  const blocks = new Map<number, Block>();
  for (let number = first; ; number += 1) {
    const { lane, turn } = placeOf(shape, number);
    const blockNumber = Math.floor(turn / BLOCK_EVENTS);
    let block = blocks.get(lane);
    if (block?.number !== blockNumber) {
      block = createBlock(shape, lane, blockNumber);
      blocks.set(lane, block);
    }
    const place = turn % BLOCK_EVENTS;
    const entry = block.entries[place];
    if (entry === undefined) throw new RangeError(`block ${blockNumber} of lane ${lane} has no event ${place}`);
    yield { number, arrivalMs: block.arrivalsMs[place] ?? 0, interaction: interactionOf(shape, lane, block, entry) };
  }
}

/** Lanes take turns, starting with another one each turn, so that the gaps within a visit vary. */
function placeOf({ laneCount, salt }: Shape, number: number): { lane: number; turn: number } {
  const turn = Math.floor(number / laneCount);
  return { lane: (number - turn * laneCount + hash(salt, [turn])) % laneCount, turn };
}

function numberOf({ laneCount, salt }: Shape, lane: number, turn: number): number {
  const offset = hash(salt, [turn]) % laneCount;
  return turn * laneCount + ((lane - offset + laneCount) % laneCount);
}

/**
 * When the events of a block arrive. With a single lane, events may lie hours apart: there the events of a visit follow its
 * first one at the pace of a visit, which is never later than their own time, so the order holds.
 */
function arrivalsOf(shape: Shape, lane: number, block: number, entries: readonly Entry[]): number[] {
  let formerMs = 0;
  return entries.map(({ visit }, place) => {
    const number = numberOf(shape, lane, block * BLOCK_EVENTS + place);
    const ownMs = shape.rhythm.timeOf(number + hash(shape.salt + 1, [number]) / 2 ** 32);
    const dwellMs = DWELL_MS * (0.3 + (1.4 * hash(shape.salt + 2, [block, place])) / 2 ** 32);
    const follows = shape.laneCount === 1 && place > visit.firstPlace;
    formerMs = follows ? Math.min(ownMs, formerMs + dwellMs) : ownMs;
    return Math.floor(formerMs);
  });
}

function createBlock(shape: Shape, lane: number, number: number): Block {
  const { shop, salt } = shape;
  const random = randomFor(salt, lane, number);
  const entries: Entry[] = [];
  const startMs = shape.rhythm.timeOf(numberOf(shape, lane, number * BLOCK_EVENTS));
  const endMs = shape.rhythm.timeOf(numberOf(shape, lane, (number + 1) * BLOCK_EVENTS));

  for (const { customer, habit } of dueIn(shape, lane, startMs, endMs)) {
    if (entries.length >= RESTOCK_EVENTS_MAX) break;
    append(customer, restock(shop.catalogue, habit, random), 0);
  }
  let last: Customer | undefined;
  while (entries.length < BLOCK_EVENTS) {
    const customer = chooseCustomer(shape, lane, random, last);
    last = customer;
    append(customer, browse(shop.catalogue, customer, startMs, random), shiftOf(random));
  }
  const whole = entries.slice(0, BLOCK_EVENTS);
  return { number, entries: whole, arrivalsMs: arrivalsOf(shape, lane, number, whole) };

  function append(customer: Customer, steps: readonly Step[], shiftMs: number): void {
    const firstPlace = entries.length;
    const sessionId = `${salt.toString(36)}-${lane}-${number}-${firstPlace}`;
    const visit = { customer, sessionId, shiftMs, firstPlace };
    for (const step of steps) {
      const entry = { visit, step, place: entries.length };
      entries.push(entry);
      if (random.chance(DUPLICATE_SHARE)) entries.push(entry);
    }
  }
}

/** Customers of a lane that run out of something in a span of time, earliest first. */
function dueIn({ shop, regulars }: Shape, lane: number, startMs: number, endMs: number) {
  const due: { customer: Customer; habit: Habit; dueMs: number }[] = [];
  for (const index of regulars[lane] ?? []) {
    const customer = shop.clientele[index];
    for (const [place, habit] of customer?.habits.entries() ?? []) {
      const nearest = Math.round((startMs - habit.anchorMs) / habit.periodMs);
      for (let times = nearest - 1; times <= nearest + 1; times += 1) {
        const early = 0.1 * (hash(shop.seed, [index, place, times]) / 2 ** 32 - 0.5);
        const dueMs = habit.anchorMs + (times + early) * habit.periodMs;
        if (customer !== undefined && startMs <= dueMs && dueMs < endMs) due.push({ customer, habit, dueMs });
      }
    }
  }
  return due.sort((a, b) => a.dueMs - b.dueMs);
}

/** One of the lane's customers by activity, not the one who has just left. */
function chooseCustomer(
  { shop, laneCount }: Shape,
  lane: number,
  random: Random,
  last: Customer | undefined,
): Customer {
  const { clientele } = shop;
  const inLane = Math.ceil((clientele.length - lane) / laneCount);
  for (;;) {
    const customer = clientele[lane + laneCount * random.index(inLane)];
    if (customer === undefined) throw new RangeError('a shop needs customers');
    if (customer === last && inLane > 1) continue;
    // Rejection: as probable as its activity, without summing over all customers.
    if (random.chance(customer.activity / ACTIVITY_MAX)) return customer;
  }
}

function shiftOf(random: Random): number {
  if (random.chance(LATE_SHARE)) return -Math.round(random.between(...LATE_MS));
  if (random.chance(FAST_CLOCK_SHARE)) return Math.round(random.between(...FAST_CLOCK_MS));
  return 0;
}

function interactionOf(shape: Shape, lane: number, block: Block, { visit, step, place }: Entry): Interaction {
  const { catalogue } = shape.shop;
  const { customer, sessionId, shiftMs } = visit;
  const item = step.item === null ? undefined : catalogue.items[step.item];
  const receivedAt = block.arrivalsMs[place] ?? 0;
  return plainInteraction({
    interaction_id: `demo-${shape.salt.toString(36)}-${lane}-${block.number * BLOCK_EVENTS + place}`,
    customer_id: customer.update.customer_id,
    timestamp: receivedAt + shiftMs,
    received_at: receivedAt,
    event_type: step.type,
    item_id: item?.item.item_id ?? null,
    channel: customer.channel,
    context: contextOf(customer, step),
    session_id: sessionId,
    value: step.type === 'purchase' ? Math.round((item?.price ?? 0) * step.quantity * 100) / 100 : null,
    quantity: step.quantity,
    currency: step.type === 'purchase' ? 'EUR' : null,
    campaign_id: step.campaignId,
    backfill: shape.backfill,
  });
}

const devices: Readonly<Record<string, string>> = { web: 'desktop', app: 'phone', email: 'tablet' };

function contextOf(customer: Customer, step: Step): Record<string, string> {
  const device = { device: devices[customer.channel] ?? 'desktop' };
  return step.query === undefined ? device : { ...device, query: step.query };
}
