// The schema registry that comes with the project: this folder. A subject is a schema's name, an id its version in `history/`.
import type { Schema } from 'avsc';
import { BACKWARD_TRANSITIVE, SchemaRefused, type FoundSchema, type SchemaRegistry } from '../streams/index.ts';
import { incompatibilities, isSameSchema } from './compatibility.ts';
import type { KeptVersion } from './schema-files.ts';

/** Where versions are kept: the folder, or memory for tests. */
export interface KeptSchemas {
  readonly keptVersions: (name: string) => readonly KeptVersion[];
  readonly keep: (name: string, version: KeptVersion) => void;
}

export function keptRegistry({ keptVersions, keep }: KeptSchemas): SchemaRegistry {
  const versionOf = (name: string, schema: Schema) =>
    keptVersions(name).findLast((kept) => isSameSchema(schema, kept.schema))?.version;
  const refusalOf = (name: string, schema: Schema) => incompatibilities(schema, keptVersions(name)).join('; ');
  return {
    schemaOf: async (id, name): Promise<FoundSchema> => {
      const found = keptVersions(name).find(({ version }) => version === id);
      return found ?? { reason: 'unknown_schema', message: `version ${id} of ${name} is not kept` };
    },
    idOf: async (name, schema) => versionOf(name, schema),
    refusalOf: async (name, schema) => refusalOf(name, schema) || undefined,
    register: async (name, schema) => {
      const known = versionOf(name, schema);
      if (known !== undefined) return known;
      const refusal = refusalOf(name, schema);
      if (refusal !== '') throw new SchemaRefused(refusal);
      const version = (keptVersions(name).at(-1)?.version ?? 0) + 1;
      keep(name, { version, schema });
      return version;
    },
    compatibilityOf: async () => BACKWARD_TRANSITIVE,
    setCompatibility: async (_name, level) => {
      if (level !== BACKWARD_TRANSITIVE) throw new SchemaRefused(`kept schemas are always ${BACKWARD_TRANSITIVE}`);
    },
  };
}
