// Keeps the current version of every changed schema in `history/`: `node schemas/keep-version.ts`. Run it after editing an .avsc
// file; it refuses a change that makes records of former versions unreadable.
import { incompatibilities, isSameSchema } from './compatibility.ts';
import { currentSchema, keep, keptVersions, schemaNames, type KeptVersion } from './schema-files.ts';

/**
 * What is to be kept of a schema, or undefined when the newest kept version is the same.
 *
 * @throws Error when records of a kept version could not be read any more.
 */
export function versionToKeep(name: string): KeptVersion | undefined {
  const schema = currentSchema(name);
  const kept = keptVersions(name);
  const newest = kept.at(-1);
  if (newest !== undefined && isSameSchema(schema, newest.schema)) return undefined;
  const problems = incompatibilities(schema, kept);
  if (problems.length > 0) throw new Error(`${name}: ${problems.join('; ')}`);
  return { version: (newest?.version ?? 0) + 1, schema };
}

if (import.meta.main) {
  for (const name of schemaNames()) {
    const kept = versionToKeep(name);
    if (kept === undefined) continue;
    keep(name, kept);
    process.stdout.write(`${name}: kept as version ${kept.version}\n`);
  }
}
