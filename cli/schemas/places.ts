// Where schemas have to be known: in the project's folder, and in the registry that the settings name.
import { readRegistrySettings } from '../../config/settings.ts';
import { keptRegistry } from '../../schemas/kept-registry.ts';
import { currentSchema, keep, keptVersions, schemaNames } from '../../schemas/schema-files.ts';
import { physicalName, subjectOf, type SchemaRegistry, type VersionedSchemas } from '../../streams/index.ts';
import { ConfluentRegistry } from '../../streams/registry/confluent.ts';

export interface Place {
  readonly name: string;
  readonly registry: SchemaRegistry;
  /** Asked when its turn comes: what the place before it was given is wanted here. */
  wanted(): Promise<readonly Wanted[]>;
}

export interface Wanted {
  readonly subject: string;
  /** In the order in which they have to be known. */
  readonly versions: VersionedSchemas['versions'];
}

/** @throws SettingsInvalid */
export function places(): Place[] {
  const { registry: address, topicPrefix } = readRegistrySettings();
  const folder: Place = { name: 'schemas/history', registry: keptRegistry({ keptVersions, keep }), wanted: current };
  if (address === undefined) return [folder];
  const registry = new ConfluentRegistry(address);
  return [folder, { name: address.url, registry, wanted: () => keptOfTopics(topicPrefix) }];
}

/** What stands in the folder now, as the version that follows those kept, or as the newest of them. */
async function current(): Promise<Wanted[]> {
  return schemaNames().map((name) => ({
    subject: name,
    versions: [{ version: keptVersions(name).length + 1, schema: currentSchema(name) }],
  }));
}

/** The kept versions and not the current words: those may change without a new version. Topics can't be read before all is kept. */
async function keptOfTopics(prefix: string): Promise<Wanted[]> {
  const { catalogue } = await import('../../schemas/topics.ts');
  return Object.values(catalogue).flatMap(({ name, codec }) =>
    codec.schemas === undefined
      ? []
      : [{ subject: subjectOf(physicalName(prefix, name)), versions: codec.schemas.versions }],
  );
}
