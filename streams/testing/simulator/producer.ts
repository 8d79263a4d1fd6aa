// The producer of the inputs, with a ledger of its own: what it sent, and what it was told of that.
import { DependencyUnavailable } from '../../errors.ts';
import type { NewRecord, TopicOffset } from '../../log/log.ts';
import { physicalName } from '../../topic.ts';
import type { Dice } from './dice.ts';
import { ITEMS, LATE_LIMIT_MS, PREFIX, clicks, tags, type Click, type ClickKind } from './topology.ts';

/** `unknown`: the answer was lost with the log's process. `unsafe`: acknowledged in memory, and then the power failed. */
export type Outcome = 'pending' | 'refused' | 'acknowledged' | 'unknown' | 'unsafe';

export interface Delivery {
  readonly records: readonly NewRecord[];
  readonly durability: 'disk' | 'memory';
  outcome: Outcome;
  places: readonly TopicOffset[];
}

/** The header by which a record is found again in the log, whatever its value. */
export const LEDGER_HEADER = 'ledger';

export class Producer {
  readonly ledger: Delivery[] = [];
  readonly #dice: Dice;
  readonly #users: readonly string[];
  /** Latest clicks, for duplicates. */
  #latest: { user: string; click: Click }[] = [];
  #timeMs = 1_600_000_000_000;
  #ids = 0;
  #sent = 0;
  #batchesLeft: number;

  constructor(dice: Dice, batches: number) {
    this.#dice = dice;
    this.#batchesLeft = batches;
    this.#users = Array.from({ length: dice.int(2, 12) }, (_, index) => `user-${index}`);
  }

  get isDone(): boolean {
    return this.#batchesLeft === 0;
  }

  /** The next records to append, noted in the ledger as pending. */
  next(): Delivery {
    this.#batchesLeft -= 1;
    const records = Array.from({ length: this.#dice.int(1, 8) }, () => this.#record());
    const delivery: Delivery = {
      records,
      durability: this.#dice.chance(0.4) ? 'disk' : 'memory',
      outcome: 'pending',
      places: [],
    };
    this.ledger.push(delivery);
    return delivery;
  }

  /** The log's process died: nobody will answer any more. */
  connectionLost(isPowerLost: boolean): void {
    for (const delivery of this.ledger) {
      if (delivery.outcome === 'pending') delivery.outcome = 'unknown';
      if (isPowerLost && delivery.outcome === 'acknowledged' && delivery.durability === 'memory')
        delivery.outcome = 'unsafe';
    }
  }

  #record(): NewRecord {
    this.#sent += 1;
    const headers = { [LEDGER_HEADER]: String(this.#sent) };
    const user = this.#dice.pick(this.#users);
    if (this.#dice.chance(0.1)) {
      const value = this.#dice.chance(0.2) ? null : Buffer.from(JSON.stringify({ tag: `tag-${this.#sent}` }));
      return { topic: physicalName(PREFIX, tags.name), key: Buffer.from(user), value, timestampMs: 0, headers };
    }
    const topic = physicalName(PREFIX, clicks.name);
    if (this.#dice.chance(0.03)) {
      const value = Buffer.from(this.#dice.pick(['{', '{"n":1}', '\u0000\u0001', '17']));
      return { topic, key: Buffer.from(user), value, timestampMs: this.#timeMs, headers };
    }
    if (this.#dice.chance(0.01))
      return { topic, key: null, value: Buffer.from('{"id":"x"}'), timestampMs: this.#timeMs, headers };
    if (this.#dice.chance(0.02))
      return { topic, key: Buffer.from(user), value: null, timestampMs: this.#timeMs, headers };
    const repeated = this.#latest.length > 0 && this.#dice.chance(0.1) ? this.#dice.pick(this.#latest) : undefined;
    const { user: whose, click } = repeated ?? { user, click: this.#click() };
    this.#latest = [...this.#latest.slice(-9), { user: whose, click }];
    return { topic, key: Buffer.from(whose), value: clicks.codec.encode(click), timestampMs: this.#timeMs, headers };
  }

  #click(): Click {
    this.#ids += 1;
    this.#timeMs += this.#dice.int(0, this.#dice.chance(0.05) ? 240_000 : 20_000);
    const kinds: ClickKind[] = ['forget', 'reject-first', 'reject-after-change', 'reject-after-set', 'throw'];
    const lateMs = this.#dice.chance(0.1) ? this.#dice.int(0, 2 * LATE_LIMIT_MS) : 0;
    return {
      id: `click-${this.#ids}`,
      item: this.#dice.pick(ITEMS),
      amount: this.#dice.int(1, 99),
      atMs: this.#timeMs - lateMs,
      kind: this.#dice.chance(0.15) ? this.#dice.pick(kinds) : 'plain',
    };
  }
}

/** Appends, and notes what was answered. */
export async function deliver(
  delivery: Delivery,
  append: (delivery: Delivery) => Promise<TopicOffset[]>,
): Promise<void> {
  try {
    const places = await append(delivery);
    if (delivery.outcome !== 'pending') return;
    delivery.places = places;
    delivery.outcome = 'acknowledged';
  } catch (error) {
    if (delivery.outcome !== 'pending') return;
    if (!(error instanceof DependencyUnavailable)) throw error;
    delivery.outcome = 'refused';
  }
}
