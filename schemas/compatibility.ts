// Whether records written with former versions of a schema can be read with a new one (Confluent: BACKWARD_TRANSITIVE).
import type { Schema } from 'avsc';
import { compile } from './compile.ts';
import type { KeptVersion } from './schema-files.ts';

/** One sentence for each kept version that `current` can't read. */
export function incompatibilities(current: Schema, kept: readonly KeptVersion[]): string[] {
  const reader = compile(current);
  return kept.flatMap(({ version, schema }) => {
    try {
      reader.createResolver(compile(schema));
      return [];
    } catch (error) {
      return [`version ${version} can't be read any more: ${(error as Error).message}`];
    }
  });
}

/** Same to a reader and a writer: names, types, defaults, symbols and logical types. Words may differ. */
export function isSameSchema(a: Schema, b: Schema): boolean {
  return JSON.stringify(withoutDocs(a)) === JSON.stringify(withoutDocs(b));
}

function withoutDocs(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutDocs);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).filter(([key, value]) => !(key === 'doc' && typeof value === 'string'));
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutDocs(value)]));
}
