import { schemaRegistryContract } from '../../streams/registry/schema-registry.contract.ts';
import { keptRegistry } from '../../schemas/kept-registry.ts';
import type { KeptVersion } from '../../schemas/schema-files.ts';

const kept = new Map<string, KeptVersion[]>();

schemaRegistryContract('the folder', () =>
  keptRegistry({
    keptVersions: (name) => kept.get(name) ?? [],
    keep: (name, version) => void kept.set(name, [...(kept.get(name) ?? []), version]),
  }),
);
