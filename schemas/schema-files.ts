// The schemas on disk: `<name>.avsc` is the current one, `history/<name>/v<n>.avsc` are the versions whose records may be in a log.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Schema } from 'avsc';

export interface KeptVersion {
  /** Stands in front of every value written with it. From 1 on, without gaps. */
  readonly version: number;
  readonly schema: Schema;
}

/** In alphabetical order. */
export function schemaNames(): string[] {
  return readdirSync(fileOf('./'))
    .filter((file) => file.endsWith('.avsc'))
    .map((file) => file.slice(0, -'.avsc'.length))
    .toSorted();
}

/**
 * `{ "include": "profiles" }` in a file stands for the schema of that name. Versions that are kept stand for themselves.
 *
 * @throws Error when there is no such schema, or it is not JSON.
 */
export function currentSchema(name: string): Schema {
  return withIncluded(read(`${name}.avsc`)) as Schema;
}

/** Oldest first; empty when none was kept yet. */
export function keptVersions(name: string): KeptVersion[] {
  return versionsIn(`history/${name}/`).map((version) => ({
    version,
    schema: read(`history/${name}/v${version}.avsc`),
  }));
}

export function keep(name: string, { version, schema }: KeptVersion): void {
  mkdirSync(fileOf(`history/${name}/`), { recursive: true });
  writeFileSync(fileOf(`history/${name}/v${version}.avsc`), `${JSON.stringify(schema, null, 2)}\n`, { flag: 'wx' });
}

function versionsIn(folder: string): number[] {
  try {
    return readdirSync(fileOf(folder))
      .map((file) => Number(/^v(\d+)\.avsc$/.exec(file)?.[1]))
      .filter((version) => version > 0)
      .toSorted((a, b) => a - b);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []; // a new schema
    throw error;
  }
}

function withIncluded(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withIncluded);
  if (typeof part !== 'object' || part === null) return part;
  if ('include' in part) return currentSchema(String(part.include));
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, withIncluded(value)]));
}

function read(path: string): Schema {
  return JSON.parse(readFileSync(fileOf(path), 'utf8')) as Schema;
}

function fileOf(path: string): URL {
  return new URL(path, import.meta.url);
}
