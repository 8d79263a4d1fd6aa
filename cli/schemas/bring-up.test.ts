import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schema } from 'avsc';
import { keptRegistry } from '../../schemas/kept-registry.ts';
import type { KeptVersion } from '../../schemas/schema-files.ts';
import { bringUp, type Difference } from './bring-up.ts';
import type { Place, Wanted } from './places.ts';

test('what is missing is said by a check, and done by apply; then nothing differs', async () => {
  const { place, kept } = folder([wanted(1, thing())]);
  assert.deepEqual(await all(place, false), [
    { place: 'folder', subject: 'things', what: 'version', done: false, version: 1, id: null },
  ]);
  assert.deepEqual(kept, []);
  assert.deepEqual(await all(place, true), [
    { place: 'folder', subject: 'things', what: 'version', done: true, version: 1, id: 1 },
  ]);
  assert.equal(kept.length, 1);
  assert.deepEqual(await all(place, true), []);
});

test('what is refused is said with the reason, by both; other subjects are not held up by it', async () => {
  const wrong = wanted(2, thing({ name: 'needed', type: 'int' }));
  for (const apply of [false, true]) {
    const { place, kept } = folder([wrong, { ...wanted(1, thing()), subject: 'others' }]);
    kept.push(['things', { version: 1, schema: thing() }]);
    const [refused, other] = await all(place, apply);
    assert.equal(refused?.what === 'refused' && refused.version, 2);
    assert.match(refused?.what === 'refused' ? refused.reason : '', /version 1 can't be read any more: .*needed/);
    assert.deepEqual([other?.subject, other?.what, other?.done], ['others', 'version', apply]);
    assert.equal(kept.filter(([name]) => name === 'things').length, 1);
  }
});

test('another rule is told, and set before a version is compared by it', async () => {
  const { place } = folder([wanted(1, thing())]);
  const calls: string[] = [];
  const registry = {
    ...place.registry,
    compatibilityOf: async () => 'NONE',
    setCompatibility: async (subject: string, level: string) => void calls.push(`${subject} ${level}`),
    register: async (subject: string) => calls.push(`${subject} registered`),
  };
  const [rule] = await all({ ...place, registry }, false);
  assert.deepEqual([rule?.what === 'rule' && rule.before, rule?.done, calls], ['NONE', false, []]);
  await all({ ...place, registry }, true);
  assert.deepEqual(calls, ['things BACKWARD_TRANSITIVE', 'things registered']);
});

function folder(schemas: readonly Wanted[]) {
  const kept: [name: string, version: KeptVersion][] = [];
  const registry = keptRegistry({
    keptVersions: (name) => kept.filter(([each]) => each === name).map(([, version]) => version),
    keep: (name, version) => void kept.push([name, version]),
  });
  return { kept, place: { name: 'folder', registry, wanted: async () => schemas } satisfies Place };
}

function wanted(version: number, schema: Schema): Wanted {
  return { subject: 'things', versions: [{ version, schema }] };
}

async function all(place: Place, apply: boolean): Promise<Difference[]> {
  const differences: Difference[] = [];
  for await (const each of bringUp(place, { apply })) differences.push(each);
  return differences;
}

function thing(...more: object[]): Schema {
  return { type: 'record', name: 'Thing', fields: [{ name: 'id', type: 'string' }, ...more] } as Schema;
}
