// The index against a plain implementation of the paper that keeps everything and sorts it for each query.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SessionIndex } from './session-index.ts';
import type { SessionIndexOptions } from './session-index-options.ts';

type Step = { key: string; items: string[]; atMs: number } | { key: string; remove: true };

class PlainIndex {
  readonly #options: SessionIndexOptions;
  readonly #sessions = new Map<string, { key: string; items: string[]; lastMs: number }>();

  constructor(options: SessionIndexOptions) {
    this.#options = options;
  }

  upsert(key: string, items: readonly string[], lastMs: number): void {
    const held = this.#sessions.get(key);
    if (held !== undefined && lastMs < held.lastMs) return;
    const latest = [...new Set(items.toReversed())].slice(0, this.#options.itemsPerSessionMax).toReversed();
    this.#sessions.set(key, { key, items: latest, lastMs });
    if (latest.length === 0) this.#sessions.delete(key);
    const oldest = [...this.#sessions.values()].sort((a, b) => a.lastMs - b.lastMs)[0];
    if (this.#sessions.size > this.#options.sessionsMax && oldest !== undefined) this.#sessions.delete(oldest.key);
  }

  remove(key: string): void {
    this.#sessions.delete(key);
  }

  query(
    current: readonly string[],
    limit: number,
    excludeKey?: string,
  ): { item: string; score: number; shares: Map<string, number> }[] {
    const { windowItems, sampleMax, neighboursMax, weighting } = this.#options;
    const all = [...this.#sessions.values()].sort((a, b) => b.lastMs - a.lastMs);
    const known = new Set(all.flatMap((session) => session.items));
    const window = current.slice(-windowItems).filter((item) => known.has(item));
    const latestFirst = [...new Set(window.toReversed())];
    const weightOf = (item: string) => window.lastIndexOf(item) + 1;
    const candidates = latestFirst.flatMap((item) =>
      all.filter((session) => session.key !== excludeKey && session.items.includes(item)),
    );
    const neighbours = [...new Set(candidates)]
      .sort((a, b) => b.lastMs - a.lastMs)
      .slice(0, sampleMax)
      .map((session) => {
        const shared = latestFirst.filter((item) => session.items.includes(item));
        const similarity = shared.reduce((sum, item) => sum + weightOf(item), 0);
        const place = latestFirst.indexOf(shared[0] ?? '') + 1;
        const decayed = shared.reduce(
          (sum, item) => sum + rounded(Math.exp((weightOf(item) - window.length) / weighting.windowReach)),
          0,
        );
        const linear = (similarity / window.length) * (1 - 0.1 * place);
        const ofLength = rounded(session.items.length ** -weighting.lengthPower);
        const weight = (weighting.windowReach === Infinity ? linear : decayed) * ofLength;
        const centre = session.items.indexOf(shared[0] ?? '');
        const weightAt = (item: string) =>
          weight * rounded(Math.exp(-Math.abs(session.items.indexOf(item) - centre) / weighting.placeReach));
        return { session, shared, similarity, weightAt };
      })
      .sort((a, b) => b.similarity - a.similarity || b.session.lastMs - a.session.lastMs)
      .slice(0, neighboursMax);
    const postings = all.reduce((sum, session) => sum + session.items.length, 0);
    return [...new Set(neighbours.flatMap(({ session }) => session.items))]
      .map((item) => {
        const voters = neighbours.filter(({ session }) => session.items.includes(item));
        const votes = voters.reduce((sum, { weightAt }) => sum + weightAt(item), 0);
        const rarity = Math.log(postings / all.filter((session) => session.items.includes(item)).length);
        const shares = new Map(
          latestFirst.map((own) => [
            own,
            voters
              .filter(({ shared }) => shared.includes(own))
              .reduce(
                (sum, { weightAt, similarity }) => sum + (weightAt(item) * weightOf(own)) / similarity / votes,
                0,
              ),
          ]),
        );
        return { item, score: votes * (rarity > 0 ? rarity : 1), shares };
      })
      .sort((a, b) => b.score - a.score || (a.item < b.item ? -1 : 1))
      .slice(0, limit);
  }
}

/** Factors of a weighting are whole 1024ths. */
function rounded(factor: number): number {
  return Math.max(1, Math.round(1024 * factor)) / 1024;
}

const itemId = fc.integer({ min: 0, max: 12 }).map((id) => `i${id}`);
const session = fc.array(itemId, { minLength: 1, maxLength: 7 });

/** Times that are all different, so that the plain index needs no rule for ties. */
function inOrder(sessions: readonly { key: number; items: string[]; remove: boolean }[]): Step[] {
  return sessions.map(({ key, items, remove }, at) =>
    remove ? { key: `s${key}`, remove } : { key: `s${key}`, items, atMs: 1000 + at },
  );
}

const churn = (removals: boolean) =>
  fc
    .array(
      fc.record({
        key: fc.integer({ min: 0, max: 25 }),
        items: session,
        remove: removals ? fc.boolean() : fc.constant(false),
      }),
      {
        maxLength: 80,
      },
    )
    .map(inOrder);

function played<I extends Pick<SessionIndex, 'upsert' | 'remove'> | PlainIndex>(index: I, steps: readonly Step[]): I {
  for (const step of steps) {
    if ('remove' in step) index.remove(step.key);
    else index.upsert(step.key, step.items, step.atMs);
  }
  return index;
}

/** What the index answers, copied out of its scratch. */
function answer(index: SessionIndex, current: readonly string[], limit: number, excludeKey?: string) {
  const matches = index.query(current, limit, excludeKey);
  return Array.from({ length: matches.count }, (_, rank) => ({
    item: matches.itemIds[rank] as string,
    score: matches.scores[rank] as number,
    shares: new Map(
      matches.window.map((own, at) => [own, matches.shares[rank * index.options.windowItems + at] as number]),
    ),
  }));
}

function sameAnswers(actual: ReturnType<typeof answer>, expected: ReturnType<PlainIndex['query']>): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((one, rank) => {
    const other = expected.find(({ item }) => item === one.item) ?? expected[rank];
    assert.ok(
      other !== undefined && Math.abs(one.score - (expected[rank]?.score ?? 0)) < 1e-9,
      `score at rank ${rank}`,
    );
    if (other.item !== one.item) return; // equal but for rounding, cut at the limit
    assert.ok(Math.abs(one.score - other.score) < 1e-9, `score of ${one.item}`);
    for (const [own, share] of one.shares)
      assert.ok(Math.abs(share - (other.shares.get(own) ?? 0)) < 1e-9, `share of ${own}`);
  });
}

function agreesWithPlain(
  overrides: Partial<SessionIndexOptions>,
  steps: readonly Step[],
  current: string[],
  excludeKey?: string,
): void {
  const index = played(new SessionIndex(overrides), steps);
  const plain = played(new PlainIndex(index.options), steps);
  sameAnswers(answer(index, current, 9, excludeKey), plain.query(current, 9, excludeKey));
}

const small: Partial<SessionIndexOptions> = { sessionsMax: 1000 };

describe('a session index', () => {
  it('answers what others looked at together with the current items', () => {
    const index = new SessionIndex(small);
    index.upsert('a', ['tent', 'stove'], 1);
    index.upsert('b', ['tent', 'lamp'], 2);
    index.upsert('c', ['shoes', 'socks'], 3);
    assert.deepEqual(
      answer(index, ['tent'], 10)
        .map(({ item }) => item)
        .sort(),
      ['lamp', 'stove', 'tent'],
    );
  });

  it('knows a session the moment it has grown', () => {
    const index = new SessionIndex(small);
    index.upsert('a', ['tent'], 1);
    index.upsert('a', ['tent', 'stove'], 2);
    assert.ok(answer(index, ['tent'], 10).some(({ item }) => item === 'stove'));
    assert.equal(index.sessions, 1);
  });

  it('never counts the current session itself', () => {
    const index = new SessionIndex(small);
    index.upsert('mine', ['tent', 'stove'], 1);
    assert.deepEqual(answer(index, ['tent', 'stove'], 10, 'mine'), []);
    assert.equal(answer(index, ['tent', 'stove'], 10).length, 2);
  });

  it('says which of the current items led to an answer', () => {
    const index = new SessionIndex(small);
    index.upsert('a', ['tent', 'stove'], 1);
    index.upsert('b', ['shoes', 'socks'], 2);
    const socks = answer(index, ['shoes', 'tent'], 10).find(({ item }) => item === 'socks');
    assert.deepEqual(socks?.shares, new Map([['tent', 0], ['shoes', 1]])); // prettier-ignore
  });

  it('ignores repeats and older versions of a session', () => {
    const index = new SessionIndex(small);
    assert.equal(index.upsert('a', ['tent', 'stove'], 5), true);
    assert.equal(index.upsert('a', ['tent', 'stove'], 5), false);
    assert.equal(index.upsert('a', ['tent'], 4), false);
    assert.equal(answer(index, ['tent'], 10).length, 2);
  });

  it('knows nothing of unknown items, forgotten sessions and emptied ones', () => {
    const index = new SessionIndex(small);
    assert.equal(index.query(['tent'], 10).count, 0);
    index.upsert('a', ['tent'], 1);
    assert.equal(index.remove('a'), true);
    assert.equal(index.remove('a'), false);
    index.upsert('b', ['tent'], 1);
    index.upsert('b', [], 2);
    assert.equal(index.query(['tent'], 10).count, 0);
    assert.deepEqual([index.sessions, index.items], [0, 0]);
  });

  it('lets the oldest go when full, and takes none older than all', () => {
    const index = new SessionIndex({ sessionsMax: 2 });
    index.upsert('a', ['x'], 10);
    index.upsert('b', ['y'], 20);
    assert.equal(index.upsert('late', ['z'], 5), false);
    index.upsert('a', ['x', 'w'], 30);
    index.upsert('c', ['z'], 40);
    assert.equal(index.query(['y'], 5).count, 0);
    assert.equal(index.query(['x'], 5).count, 2);
  });

  it('refuses options out of range', () => {
    for (const options of [
      { sessionsMax: 0 },
      { windowItems: 9 },
      { sampleMax: 1.5 },
      { neighboursMax: NaN },
      { weighting: { windowReach: 0, placeReach: 1, lengthPower: 0 } },
      { weighting: { windowReach: 1, placeReach: 1, lengthPower: 2 } },
    ]) {
      assert.throws(() => new SessionIndex(options), RangeError);
    }
  });

  it('agrees with the plain one under growth, removal and expiry', () => {
    const current = fc.array(itemId, { maxLength: 8 });
    const excluded = fc.option(
      fc.integer({ min: 0, max: 25 }).map((key) => `s${key}`),
      { nil: undefined },
    );
    fc.assert(
      fc.property(churn(true), current, excluded, fc.integer({ min: 1, max: 8 }), (steps, items, key, windowItems) => {
        agreesWithPlain({ sessionsMax: 15, itemsPerSessionMax: 5, windowItems }, steps, items, key);
      }),
      { numRuns: 300 },
    );
  });

  it('agrees with the plain one under every weighting', () => {
    const reach = fc.constantFrom(Infinity, 0.5, 2, 8);
    const weighting = fc.record({ windowReach: reach, placeReach: reach, lengthPower: fc.constantFrom(0, 0.5, 1) });
    fc.assert(
      fc.property(churn(true), fc.array(itemId, { maxLength: 8 }), weighting, (steps, items, chosen) => {
        agreesWithPlain({ sessionsMax: 15, itemsPerSessionMax: 5, weighting: chosen }, steps, items);
      }),
      { numRuns: 300 },
    );
  });

  it('lets items far from the shared one count less', () => {
    const index = new SessionIndex({ ...small, weighting: { windowReach: 2, placeReach: 1, lengthPower: 0.5 } });
    index.upsert('a', ['far', 'x', 'y', 'tent', 'near'], 1);
    const scores = new Map(answer(index, ['tent'], 9).map(({ item, score }) => [item, score]));
    assert.ok((scores.get('near') ?? 0) > 7 * (scores.get('far') ?? 1)); // e² = 7.39
  });

  it('agrees with the plain one when samples and neighbours are cut', () => {
    // Sessions only come: after a removal a cut list is one short by design.
    const fresh = fc
      .array(session, { maxLength: 60 })
      .map((all) => all.map((items, at) => ({ key: `s${at}`, items, atMs: at })));
    fc.assert(
      fc.property(
        fresh,
        session,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        (steps, items, sampleMax, neighboursMax) => {
          agreesWithPlain({ sessionsMax: 40, sampleMax, neighboursMax }, steps, items);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('answers the same to the last bit, in whatever order the sessions came and even if all at once', () => {
    const latest = fc.uniqueArray(
      fc.record({ key: fc.string(), items: session, atMs: fc.integer({ min: 0, max: 3 }) }),
      {
        selector: ({ key }) => key,
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(latest, session, (sessions, items) => {
        const options = { sessionsMax: 10, sampleMax: 6, neighboursMax: 4 };
        const forwards = played(new SessionIndex(options), sessions);
        const backwards = played(new SessionIndex(options), sessions.toReversed());
        assert.deepEqual(answer(forwards, items, 9), answer(backwards, items, 9));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps its memory however many sessions and items pass through', () => {
    const index = new SessionIndex({ sessionsMax: 500, sampleMax: 100 });
    const passThrough = (from: number) => {
      for (let at = from; at < from + 20_000; at += 1) {
        const items = Array.from(
          { length: 1 + ((at * 7) % 12) },
          (_, place) => `${Math.floor(at / 50)}-${(at * 31 + place * place) % 40}`,
        );
        index.upsert(`s${at}`, items, at);
        if (at % 3 === 0) index.upsert(`s${at}`, [...items, 'favourite'], at);
        if (at % 5 === 0) index.remove(`s${at - 100}`);
      }
      return index.bytes;
    };
    const settled = passThrough(0);
    assert.equal(passThrough(20_000), settled);
    assert.equal(passThrough(40_000), settled);
    assert.ok(index.sessions <= 500);
  });
});
