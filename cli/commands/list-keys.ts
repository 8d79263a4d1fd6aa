// `freshet keys list`: who has which access. The keys themselves are known to nobody but their users.
import { readKeyFile } from '../../gateway/keys/key-file.ts';
import type { Arguments } from '../command.ts';
import { keyFileOf, say, shown } from '../keys/stored-keys.ts';

export function run(args: Arguments): Promise<number> {
  const path = keyFileOf(args);
  const keys = (readKeyFile(path) ?? []).map(shown);
  if (keys.length === 0) return say(args, { keys }, `No keys in ${path}. Those of API_KEYS are not listed.`);
  const rows = keys.map(({ id, name, kind, scopes: own, created_at, expires_at, expired, origins }) => [
    id,
    name,
    kind,
    own.join('+'),
    created_at.slice(0, 10),
    expires_at === null ? 'never' : `${expires_at.slice(0, 10)}${expired ? ' (expired)' : ''}`,
    origins.join(' '),
  ]);
  return say(args, { keys }, table([['id', 'name', 'kind', 'scopes', 'created', 'expires', 'origins'], ...rows]));
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
