import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProgressBoard } from './progress-board.ts';

const record = (offset: number) => ({ stage: 's', topic: 't', partition: 0, offset });

test('more than the limit may not wait, and who leaves makes room', async () => {
  const board = new ProgressBoard({ waitersMax: 2 });
  const waiting = [board.wait(record(0), 10_000), board.wait(record(5), 10_000)];
  assert.equal(await board.wait(record(0), 10_000), false);
  board.advance([record(1)]);
  assert.equal(await waiting[0], true);
  const another = board.wait(record(2), 10_000);
  board.advance([record(6)]);
  assert.deepEqual(await Promise.all([waiting[1], another]), [true, true]);
});

test('waiting goes by the given clock', async () => {
  let wake: () => void = () => undefined;
  const clock = { nowMs: () => 0, sleep: () => new Promise<void>((resolve) => (wake = resolve)) };
  const waiting = new ProgressBoard({ clock }).wait(record(0), 1000);
  wake();
  assert.equal(await waiting, false);
});

test('after a reset those who wait go on until it is reached again', async () => {
  const board = new ProgressBoard();
  board.advance([record(5)]);
  const waiting = board.wait(record(7), 10_000);
  board.reset();
  assert.equal(board.of(record(0)), 0);
  board.advance([record(8)]);
  assert.equal(await waiting, true);
});

test('once it has ended nobody waits', async () => {
  const board = new ProgressBoard();
  board.end();
  assert.equal(await board.wait(record(0), 10_000), false);
});
