// The line on made-up time: each request takes as long as the test says, and turns come when it says.
import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { suite, test } from 'node:test';
import { WaitingLine } from './waiting-line.ts';

interface Coming {
  readonly method: string;
  readonly hasLeft: boolean;
}

function line({ takesMs, waitMsMax = 100 }: { takesMs: number; waitMsMax?: number }) {
  let nowMs = 1000;
  let then: (() => void) | undefined;
  const served: string[] = [];
  const turnedAway: string[] = [];
  const subject = new WaitingLine({
    serve: ({ url }) => {
      nowMs += takesMs;
      served.push(String(url));
    },
    turnAway: ({ url }) => turnedAway.push(String(url)),
    waitMsMax,
    nowMs: () => nowMs,
    nextTurn: (next) => (then = next),
  });
  const come = (name: string, { method = 'GET', hasLeft = false }: Partial<Coming> = {}) =>
    // As much of a request as the line looks at.
    subject.enter(
      { method, url: name, socket: { destroyed: hasLeft } } as unknown as IncomingMessage,
      { destroyed: false } as ServerResponse,
    );
  const comeMany = (count: number, coming?: Partial<Coming>) => {
    for (let each = 0; each < count; each += 1) come(String(each), coming);
  };
  /** Ends this turn of the event loop, after something else took its time. Answers how many were served in the next. */
  const turn = (otherMs = 0) => {
    const before = served.length;
    nowMs += otherMs;
    const next = then;
    then = undefined;
    next?.();
    return served.length - before;
  };
  const turns = (count: number, otherMs = 0) => {
    for (let each = 0; each < count; each += 1) turn(otherMs);
  };
  return { subject, served, turnedAway, come, comeMany, turn, turns };
}

suite('the waiting line', () => {
  test('serves in the order in which requests came, a slice per turn', () => {
    const { subject, served, comeMany, turn } = line({ takesMs: 1 });
    comeMany(10);
    turn();
    assert.deepEqual([served.length, subject.length], [4, 6]);
    assert.deepEqual([turn(), turn(), turn()], [4, 2, 0]);
    assert.deepEqual(served, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });

  test('nobody waits who fits into the slice that has begun', () => {
    const { subject, served, come, turn } = line({ takesMs: 1 });
    come('first');
    turn();
    come('second');
    assert.deepEqual([served, subject.length], [['first', 'second'], 0]);
  });

  test('nobody overtakes who waits', () => {
    const { served, comeMany, come, turn } = line({ takesMs: 3 });
    comeMany(3);
    turn();
    come('late');
    turn();
    turn();
    assert.deepEqual(served, ['0', '1', '2', 'late']);
  });

  test('reads that would wait longer than allowed are turned away at once, then writes', () => {
    const { subject, turnedAway, comeMany, come, turns } = line({ takesMs: 1, waitMsMax: 100 });
    comeMany(400, { method: 'POST' });
    turns(20);
    assert.equal(subject.length, 320, 'nobody could know before how long a request takes');
    come('read');
    come('write', { method: 'POST' });
    assert.deepEqual(turnedAway, ['read', 'write']);
    turns(10);
    come('second read');
    come('second write', { method: 'POST' });
    assert.deepEqual(turnedAway.slice(2), ['second read']);
    turns(50);
    come('third read');
    assert.deepEqual(turnedAway.slice(2), ['second read']);
  });

  test('a few are never turned away: it is not they who take the time', () => {
    const { turnedAway, comeMany, turns } = line({ takesMs: 1, waitMsMax: 100 });
    for (let each = 0; each < 10; each += 1) {
      comeMany(10);
      turns(3, 5000);
    }
    assert.deepEqual(turnedAway, []);
  });

  test('what else the process does counts as waiting too', () => {
    const { turnedAway, comeMany, come, turns } = line({ takesMs: 1, waitMsMax: 100 });
    comeMany(60, { method: 'POST' });
    turns(3);
    come('while nothing else happens');
    assert.deepEqual(turnedAway, []);
    turns(4, 96);
    come('while each turn takes a tenth of a second');
    assert.deepEqual(turnedAway.slice(-1), ['while each turn takes a tenth of a second']);
  });

  test('one hold-up, such as a garbage collection, does not make everybody seem slow', () => {
    const { turnedAway, comeMany, turns, turn } = line({ takesMs: 0.5, waitMsMax: 100 });
    comeMany(200, { method: 'POST' });
    turns(20);
    turn(40);
    comeMany(20);
    assert.deepEqual(turnedAway, []);
  });

  test('who was let in and then waited far longer than was thought is not served any more', () => {
    const { served, turnedAway, come, comeMany, turn } = line({ takesMs: 5, waitMsMax: 100 });
    come('read');
    come('write', { method: 'POST' });
    comeMany(20);
    turn(250);
    assert.deepEqual([turnedAway[0], served], ['read', ['write']]);
  });

  test('who has left costs nothing', () => {
    const { served, turnedAway, come, turn } = line({ takesMs: 1 });
    come('gone', { hasLeft: true });
    come('here');
    turn();
    assert.deepEqual([served, turnedAway], [['here'], []]);
  });

  test('a line that never ends does not grow for ever', () => {
    const { subject, served, comeMany, turn } = line({ takesMs: 1, waitMsMax: 50 });
    for (let each = 0; each < 2000; each += 1) {
      comeMany(8);
      turn();
    }
    assert.ok(served.length > 7000);
    assert.ok(subject.length <= 60, String(subject.length));
  });
});
