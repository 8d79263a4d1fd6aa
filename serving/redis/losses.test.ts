// What a process makes of a store that holds less than before.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProgressBoard } from '../progress-board.ts';
import { isProgressLost, Losses } from './losses.ts';

const input = { stage: 's', topic: 't', partition: 0 };
const positions = (...offsets: number[]) => new Map(offsets.map((offset, at) => [`source ${at}`, offset]));

function opened() {
  const clock = { now: 0, nowMs: () => clock.now, sleep: async () => undefined };
  const board = new ProgressBoard();
  const losses = new Losses(board, clock);
  let told = 0;
  losses.follow(() => (told += 1));
  const look = (now: ReadonlyMap<string, number>) => losses.look(now, losses.areEntriesLost(now));
  board.advance([{ ...input, offset: 9 }]);
  look(positions(3, 5));
  return { board, losses, look, clock, told: () => told };
}

test('what only rises is no loss', () => {
  const { losses, look, told } = opened();
  look(positions(3, 6));
  look(positions(4, 6, 1));
  assert.deepEqual([losses.isRebuilding(), told()], [false, 0]);
  assert.deepEqual(losses.known, ['source 1', 6]);
});

test('until entries and progress are back there is doubt, also when more is lost meanwhile', () => {
  const { board, losses, look, told } = opened();
  look(positions());
  assert.deepEqual([losses.isRebuilding(), told(), board.of(input)], [true, 1, 0]);
  look(positions(3, 4));
  look(positions(1));
  assert.deepEqual([losses.isRebuilding(), told()], [true, 2]);
  look(positions(3, 5));
  assert.equal(losses.isRebuilding(), true, 'progress is missing');
  board.advance([{ ...input, offset: 9 }]);
  assert.equal(losses.isRebuilding(), false);
});

test('progress may be back before the entries: then they are still missing', () => {
  const { board, losses, look } = opened();
  look(positions());
  board.advance([{ ...input, offset: 9 }]);
  assert.equal(losses.isRebuilding(), true);
});

test('what never comes back is believed to be gone after a while; what was emptied on purpose at once', () => {
  const { clock, losses, look } = opened();
  look(positions());
  clock.now = 11 * 60_000;
  assert.equal(losses.isRebuilding(), false);
  const other = opened();
  other.losses.forget();
  other.look(positions());
  assert.deepEqual([other.losses.isRebuilding(), other.told(), other.losses.known], [false, 0, null]);
});

test('progress that is lower than it was known is lost', () => {
  assert.equal(isProgressLost([{ ...input, offset: 4 }], [{ ...input, offset: 5 }]), true);
  assert.equal(isProgressLost([{ ...input, offset: 5 }], [{ ...input, offset: 5 }]), false);
  assert.equal(isProgressLost([], [{ ...input, offset: 1 }]), true);
});
