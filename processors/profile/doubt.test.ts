// Many accounts whose sessions lead from an item that everybody looks at to one that they push: what they can do to what one item leads to is
// bounded, in the session index, in neighbours and in what is bought together. The same sessions of customers are a fashion.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ItemIndex } from '../../models/item-index.ts';
import type { SessionIndex } from '../../models/session-index.ts';
import * as topics from '../../schemas/topics.ts';
import { TestBench } from '../../streams/testing/test-bench.ts';
import { at, interaction, item } from '../testing/given.ts';
import { stages } from '../topology.ts';

const DAY_MINUTES = 24 * 60;
const REGULARS = 120;
/** So many of the crowd come with each of the regulars. */
const CROWD_PER_REGULAR = 4;

class Shop {
  readonly #bench = new TestBench({ stages, partitions: 1 });
  readonly #others = Array.from({ length: 12 }, (_, number) => `other-${number}`);

  /** @param isNew whether today is everybody's first day: otherwise regulars have been here two months ago. */
  constructor(isNew = false) {
    for (const itemId of ['bag', 'strap', 'cover', 'pushed', ...this.#others])
      this.#bench.send(topics.items, itemId, item(itemId), at(0));
    if (isNew) return;
    for (let each = 0; each < REGULARS; each += 1)
      this.#happens('view', `regular-${each}`, this.#otherOf(each), -60 * DAY_MINUTES + each);
  }

  /** A day of regulars; `crowd` says who of it comes, by number. */
  live(crowd?: (number: number) => string): this {
    for (let each = 0; each < REGULARS; each += 1) {
      for (let one = 0; crowd !== undefined && one < CROWD_PER_REGULAR; one += 1)
        this.#buys(crowd(each * CROWD_PER_REGULAR + one), ['bag', 'pushed'], each * 10 + one);
      this.#buys(`regular-${each}`, ['bag', each % 3 === 0 ? 'cover' : 'strap', this.#otherOf(each)], each * 10 + 5);
    }
    return this;
  }

  #otherOf(regular: number): string {
    return this.#others[regular % this.#others.length] as string;
  }

  #buys(customer_id: string, itemIds: readonly string[], minute: number): void {
    for (const [place, itemId] of itemIds.entries()) {
      this.#happens('view', customer_id, itemId, minute + place / 10);
      this.#happens('purchase', customer_id, itemId, minute + place / 10 + 0.05);
    }
    this.#bench.run();
  }

  #happens(kind: string, customer_id: string, itemId: string, minute: number): void {
    const deed = interaction(kind, itemId, at(minute), { customer_id });
    this.#bench.send(topics.interactions, customer_id, deed, at(minute));
  }

  /** What `bag` leads to, source by source: the best of each. */
  get firsts(): readonly (string | undefined)[] {
    const sessions = this.#bench.lookupView('session-index') as SessionIndex;
    const matches = sessions.query(['bag'], 10);
    const next = matches.itemIds.slice(0, matches.count);
    const items = this.#bench.lookupView('catalogue') as ItemIndex;
    const bag = items.idOf('bag');
    const complements = Array.from({ length: items.complementCount(bag) }, (_, place) => ({
      itemId: items.nameOf(items.complementAt(bag, place)),
      score: items.complementScoreAt(bag, place),
    }));
    return [
      next.find((itemId) => itemId !== 'bag'),
      this.#bench.get(topics.itemFeatures, 'bag')?.neighbours[0]?.item_id,
      complements.toSorted((one, other) => other.score - one.score)[0]?.itemId,
    ];
  }

  /** What somebody is shown who has just looked at `bag`. */
  get listed(): readonly string[] {
    this.#happens('view', 'visitor', 'bag', 2_000);
    this.#bench.run();
    return this.#bench.get(topics.recommendations, 'visitor')?.items.map(({ item_id }) => item_id) ?? [];
  }
}

describe('a crowd that leads from one item to another', () => {
  it('changes nothing that comes first when it is of new accounts', () => {
    const pushed = new Shop().live((number) => `account-${number}`);
    assert.deepEqual(pushed.firsts, ['strap', 'strap', 'strap']);
    const places = ['strap', 'pushed'].map((itemId) => pushed.listed.indexOf(itemId)) as [number, number];
    assert.ok(places[0] >= 0 && (places[1] < 0 || places[0] < places[1]), `${places.join(', ')}`);
  });

  it('is a fashion when it is of customers, or when everybody is new', () => {
    // Some of whom buy other things on the same day, which go into the same basket.
    assert.deepEqual(new Shop().live((number) => `regular-${(number + 60) % REGULARS}`).firsts.slice(0, 2), ['pushed', 'pushed']); // prettier-ignore
    assert.deepEqual(new Shop(true).live((number) => `account-${number}`).firsts, ['pushed', 'pushed', 'pushed']);
  });
});
