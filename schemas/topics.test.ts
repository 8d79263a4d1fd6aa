import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogue } from './topics.ts';

const all = Object.values(catalogue);

test('no two topics share a name, and each is known under its own', () => {
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
  for (const [name, topic] of Object.entries(catalogue)) {
    assert.equal(
      name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      topic.name,
    );
  }
});
