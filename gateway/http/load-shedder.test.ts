// The shedder on turns of made-up lengths: when it begins, how many it lets in, whom it prefers, and that it ends.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { LoadShedder } from './load-shedder.ts';

function shedder() {
  const changes: boolean[] = [];
  const subject = new LoadShedder({ delayMsMax: 100, onChange: (isShedding) => changes.push(isShedding) });
  const turn = (delayMs: number, reads: number, writes = 0) => {
    const admitted = { reads: 0, writes: 0 };
    for (let each = 0; each < reads; each += 1) if (subject.admits(true)) admitted.reads += 1;
    for (let each = 0; each < writes; each += 1) if (subject.admits(false)) admitted.writes += 1;
    subject.turnEnded(delayMs);
    return admitted;
  };
  return { changes, turn };
}

suite('the load shedder', () => {
  test('lets everybody in while turns are short, however many come', () => {
    const { changes, turn } = shedder();
    for (let turns = 0; turns < 10; turns += 1) assert.equal(turn(99, 5000).reads, 5000);
    assert.deepEqual(changes, []);
  });

  test('takes one long turn for what it is', () => {
    const { changes, turn } = shedder();
    for (let turns = 0; turns < 5; turns += 1) {
      turn(5000, 1000);
      turn(10, 1000);
    }
    assert.deepEqual(changes, []);
  });

  test('after two, lets in what fits into the wait that is allowed', () => {
    const { changes, turn } = shedder();
    turn(400, 1000);
    turn(400, 1000);
    assert.deepEqual(changes, [true]);
    assert.equal(turn(100, 1000).reads, 250);
  });

  test('turns nobody away when it is not the requests that take the time', () => {
    const { changes, turn } = shedder();
    for (let turns = 0; turns < 5; turns += 1) assert.equal(turn(5000, 10).reads, 10);
    assert.deepEqual(changes, []);
  });

  test('lets a few in however late it is', () => {
    const { turn } = shedder();
    for (let turns = 0; turns < 10; turns += 1) turn(60_000, 1000);
    assert.equal(turn(60_000, 1000).reads, 16);
  });

  test('turns reads away before writes', () => {
    const { turn } = shedder();
    turn(400, 500, 500);
    turn(400, 500, 500);
    const { reads, writes } = turn(100, 500, 500);
    assert.deepEqual([reads, writes], [250, 500]);
  });

  test('goes on turning away as long as more come than fit, and ends once fewer do', () => {
    const { changes, turn } = shedder();
    turn(400, 1000);
    for (let turns = 0; turns < 20; turns += 1) turn(turns % 3 === 0 ? 400 : 90, 100_000);
    assert.deepEqual(changes, [true]);
    for (let turns = 0; turns < 8; turns += 1) turn(1, 10);
    assert.deepEqual(changes, [true, false]);
    assert.equal(turn(1, 1000).reads, 1000);
  });
});
