// The first answer of a turn goes out at once, the others together, none is lost and none goes to who has left.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { WrittenTogether } from './written-together.ts';

describe('answers of one turn', () => {
  let written: string[];
  let ends: (() => void)[];
  let together: WrittenTogether;
  beforeEach(() => {
    [written, ends] = [[], []];
    together = new WrittenTogether((then) => ends.push(then));
  });

  const endTurn = () => ends.splice(0).forEach((then) => then());
  const reader = () => {
    const response = { destroyed: false, end: (body: string) => void written.push(body) };
    return response as typeof response & Parameters<WrittenTogether['end']>[0];
  };

  test('are written in order: the first at once, the others when it ends', () => {
    for (const body of ['one', 'two', 'three']) together.end(reader(), body);
    assert.deepEqual(written, ['one']);
    endTurn();
    assert.deepEqual(written, ['one', 'two', 'three']);
    together.end(reader(), 'of the next turn');
    assert.deepEqual(written.at(-1), 'of the next turn');
  });

  test('wait for no more than a few others', () => {
    const bodies = Array.from({ length: 1 + 8 + 3 }, (_, number) => String(number));
    for (const body of bodies) together.end(reader(), body);
    assert.deepEqual(written, bodies.slice(0, 9));
    endTurn();
    assert.deepEqual(written, bodies);
  });

  test('are not written to who has left meanwhile', () => {
    together.end(reader(), 'first');
    const leaves = reader();
    together.end(leaves, 'for nobody');
    together.end(reader(), 'last');
    leaves.destroyed = true;
    endTurn();
    assert.deepEqual(written, ['first', 'last']);
  });
});
