import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DependencyUnavailable, Misconfigured } from './errors.ts';
import { patiently } from './patiently.ts';

const clock = { nowMs: () => 0, sleep: async () => {} };
const away = new DependencyUnavailable('kafka', 'nobody answers');

test('what is away is asked again until it is there', async () => {
  let asked = 0;
  const told: string[] = [];
  const act = async () => {
    asked += 1;
    if (asked < 4) throw away;
    return asked;
  };
  assert.equal(await patiently(act, { clock, onWait: (reason, waitMs) => told.push(`${reason}, ${waitMs}`) }), 4);
  assert.deepEqual(
    told.map((line) => line.split(', ').at(-1)),
    ['250', '500', '1000'],
  );
});

test('what waiting does not mend is thrown at once, and an end of the waiting as well', async () => {
  const refused = async () => {
    throw new Misconfigured('who are you');
  };
  await assert.rejects(patiently(refused, { clock }), /who are you/);
  const ending = new AbortController();
  const act = async () => {
    ending.abort(new Error('it is over'));
    throw away;
  };
  await assert.rejects(patiently(act, { clock, signal: ending.signal }), /it is over/);
});
