// Registers the schemas of all topics, as `freshet schemas apply` does.
import assert from 'node:assert/strict';
import { bringUp } from '../../cli/schemas/bring-up.ts';
import { catalogue } from '../../schemas/topics.ts';
import { physicalName, subjectOf, type SchemaRegistry } from '../../streams/index.ts';

export async function registerAll(registry: SchemaRegistry, prefix: string): Promise<void> {
  const wanted = Object.values(catalogue).map(({ name, codec }) => ({
    subject: subjectOf(physicalName(prefix, name)),
    versions: codec.schemas?.versions ?? [],
  }));
  for await (const difference of bringUp({ name: '', registry, wanted: async () => wanted }, { apply: true }))
    assert.ok(difference.done, JSON.stringify(difference));
}
