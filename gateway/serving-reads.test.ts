import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profiles, rankings, recommendations, segments } from '../schemas/topics.ts';
import type { ServingKey } from '../serving/serving-store.ts';
import { ServingReads } from './serving-reads.ts';
import { aList, aProfile, aRanking, nowMs } from './testing/examples.ts';

/** A store that remembers which collections it was asked for, all that was asked at once in one text. */
function benchOf() {
  const held = new Map<string, Buffer>();
  const asked: string[] = [];
  const valueOf = ({ collection, key }: ServingKey) => held.get(`${collection}/${key}`) ?? null;
  const serving = {
    get: (collection: string, key: string) => {
      asked.push(collection);
      return valueOf({ collection, key });
    },
    getMany: (keys: readonly ServingKey[]) => {
      asked.push(keys.map(({ collection }) => collection).join(' '));
      return keys.map(valueOf);
    },
    waitForProgress: () => Promise.resolve(true),
  };
  const clock = { nowMs: () => bench.nowMs, sleep: () => Promise.resolve() };
  const reads = new ServingReads({ serving, clock, physicalName: (name: string) => name } as never);
  const bench = { held, reads, nowMs, asked: () => asked.splice(0) };
  return bench;
}

test('what is known of who has no list is read along with the list the next time, until there is one', async () => {
  const { held, reads, asked } = benchOf();
  held.set('profiles/anna', profiles.codec.encode(aProfile({ customer_id: 'anna' })));
  const first = await reads.offer('anna');
  assert.equal(first.profile?.customer_id, 'anna');
  assert.deepEqual(asked(), [recommendations.name, `${profiles.name} ${segments.name}`]);
  assert.deepEqual(await reads.offer('anna'), first);
  assert.deepEqual(asked(), [`${recommendations.name} ${profiles.name} ${segments.name}`]);

  held.set('recommendations/anna', recommendations.codec.encode(aList({ customer_id: 'anna' })));
  assert.equal((await reads.offer('anna')).list?.customer_id, 'anna');
  asked();
  assert.equal((await reads.offer('anna')).list?.customer_id, 'anna');
  assert.deepEqual(asked(), [recommendations.name]);
});

test('for lists rankings are kept for a moment, and those that there are not are left out', async () => {
  const bench = benchOf();
  bench.held.set('rankings/popular', rankings.codec.encode(aRanking('popular', 'kettle')));
  const names = ['trending', 'popular'];
  const listsOf = async () => (await bench.reads.knownRankings(names)).map(({ list }) => list);
  assert.deepEqual(await listsOf(), ['popular']);
  bench.held.set('rankings/trending', rankings.codec.encode(aRanking('trending', 'mug')));
  assert.deepEqual(await listsOf(), ['popular']);
  assert.equal(bench.asked().length, 1);
  assert.deepEqual((await bench.reads.rankings(names)).map(({ list }) => list), ['trending', 'popular']); // prettier-ignore
  bench.nowMs += 300;
  assert.deepEqual(await listsOf(), ['trending', 'popular']);
});
