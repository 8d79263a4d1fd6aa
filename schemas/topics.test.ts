import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as topics from './topics.ts';

const all = Object.values(topics.catalogue);

test('no two topics share a name, and each is in the catalogue under its own', () => {
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
  for (const [name, topic] of Object.entries(topics.catalogue)) {
    assert.equal(
      name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      topic.name,
    );
    assert.equal(topic, topics[name as keyof typeof topics.catalogue]);
  }
});
