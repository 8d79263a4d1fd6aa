// Every event must count once wherever it is counted: by its customer, on its way to its item, and by the item. There are no ids left to look
// for in counts, so what is lost and doubled shows as too few or too many of a kind.
import type { Ledger } from '../faults/ledger.ts';
import * as topics from '../../schemas/topics.ts';
import type { Log } from '../../streams/log/log.ts';
import { latest, readAll } from './read-all.ts';

export interface Counting {
  readonly lost: number;
  readonly doubled: number;
  readonly complaints: readonly string[];
}

/** What one customer or item has counted. */
interface Count {
  readonly events: Record<string, number>;
  /** Money, in quarters: those add up exactly. */
  worth: number;
}

type Counts = Map<string, Count>;

export async function countingComplaints(log: Log, ledger: Ledger): Promise<Counting> {
  const ofItems = expectedOfItems(ledger);
  const countings = [
    compared('the profile', expectedOfCustomers(ledger), await inProfiles(log)),
    compared('item-events of', ofItems, await inItemEvents(log)),
    compared('the item', ofItems, await inItemActivity(log)),
  ];
  // What is lost or doubled on the way shows again at the end of it.
  return {
    lost: Math.max(...countings.map(({ lost }) => lost)),
    doubled: Math.max(...countings.map(({ doubled }) => doubled)),
    complaints: countings.flatMap(({ complaints }) => complaints),
  };
}

function compared(who: string, expected: Counts, found: Counts): Counting {
  let [lost, doubled] = [0, 0];
  const complaints: string[] = [];
  for (const key of new Set([...expected.keys(), ...found.keys()])) {
    const [must, is] = [expected.get(key) ?? nothing(), found.get(key) ?? nothing()];
    for (const type of new Set([...Object.keys(must.events), ...Object.keys(is.events)])) {
      const surplus = (is.events[type] ?? 0) - (must.events[type] ?? 0);
      lost += Math.max(0, -surplus);
      doubled += Math.max(0, surplus);
      if (surplus !== 0)
        complaints.push(`${who} ${key}: ${Math.abs(surplus)} ${type} too ${surplus > 0 ? 'many' : 'few'}`);
    }
    if (is.worth !== must.worth) complaints.push(`${who} ${key}: ${is.worth} earned instead of ${must.worth}`);
  }
  return { lost, doubled, complaints };
}

function expectedOfCustomers(ledger: Ledger): Counts {
  return new Map(
    [...ledger.recount()].map(([customer, { events, lifetime_value }]) => [
      customer,
      { events, worth: lifetime_value },
    ]),
  );
}

function expectedOfItems(ledger: Ledger): Counts {
  const counts: Counts = new Map();
  for (const [item, events] of ledger.byItem())
    for (const { event_type, value } of events) add(counts, item, event_type, value ?? 0);
  return counts;
}

async function inProfiles(log: Log): Promise<Counts> {
  const profiles = [...latest(await readAll(log, topics.profiles))];
  return new Map(
    profiles.map(([customer, bytes]) => {
      const { counts: events, lifetime_value: worth } = topics.profiles.codec.decode(bytes);
      return [customer, { events, worth }];
    }),
  );
}

async function inItemEvents(log: Log): Promise<Counts> {
  const counts: Counts = new Map();
  for (const { value } of await readAll(log, topics.itemEvents)) {
    const event = value === null ? null : topics.itemEvents.codec.decode(value);
    if (event?.kind === 'interaction') add(counts, event.item_id, event.event_type, event.value ?? 0);
  }
  return counts;
}

async function inItemActivity(log: Log): Promise<Counts> {
  const activities = [...latest(await readAll(log, topics.itemActivity))];
  return new Map(
    activities.map(([item, bytes]) => {
      const { views, carts, purchases, revenue } = topics.itemActivity.codec.decode(bytes);
      return [item, { events: { view: views, add_to_cart: carts, purchase: purchases }, worth: revenue }];
    }),
  );
}

function add(counts: Counts, key: string, type: string, worth: number): void {
  const count = counts.get(key) ?? nothing();
  count.events[type] = (count.events[type] ?? 0) + 1;
  count.worth += worth;
  counts.set(key, count);
}

function nothing(): Count {
  return { events: {}, worth: 0 };
}
