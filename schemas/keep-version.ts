// Keeps the current version of every changed schema in `history/`: `node schemas/keep-version.ts`. Run it after editing an .avsc
// file; it refuses a change that makes records of former versions unreadable.
import { incompatibilities, isSameSchema } from './compatibility.ts';
import { currentSchema, keep, keptVersions, schemaNames } from './schema-files.ts';

/**
 * The version it was kept as, or undefined when the newest kept one is the same.
 *
 * @throws Error when records of a kept version could not be read any more.
 */
function keepVersion(name: string): number | undefined {
  const schema = currentSchema(name);
  const kept = keptVersions(name);
  const newest = kept.at(-1);
  if (newest !== undefined && isSameSchema(schema, newest.schema)) return undefined;
  const problems = incompatibilities(schema, kept);
  if (problems.length > 0) throw new Error(`${name}: ${problems.join('; ')}`);
  const version = (newest?.version ?? 0) + 1;
  keep(name, { version, schema });
  return version;
}

for (const name of schemaNames()) {
  const version = keepVersion(name);
  if (version !== undefined) process.stdout.write(`${name}: kept as version ${version}\n`);
}
