// The file of keys in the data folder. Of a key it holds only a hash, so that who reads a backup can't use it.
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { isOrigin, scopes } from '../../config/value-kinds.ts';
import { KeyFileBusy, KeyFileUnusable } from './errors.ts';

const storedKey = z.strictObject({
  /** Names the key to people; also the middle part of the key itself. */
  id: z.string().regex(/^[0-9a-f]{8}$/),
  name: z.string().min(1),
  /** `browser`: anybody can read it in a web page, so it may only write, and only from the pages of `origins`. */
  kind: z.enum(['server', 'browser']),
  scopes: z.array(z.enum(scopes)).min(1),
  origins: z.array(z.string().refine(isOrigin, 'is no web origin')),
  /** Of the whole key, in hexadecimal. A key is 256 random bits, so there is nothing to guess that a slow hash would slow down. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
});

const keyFile = z.strictObject({ version: z.literal(1), keys: z.array(storedKey) });

export type StoredKey = Readonly<z.output<typeof storedKey>>;

/**
 * The keys in the file, or undefined when there is no file.
 *
 * @throws KeyFileUnusable
 */
export function readKeyFile(path: string): readonly StoredKey[] | undefined {
  const text = textOf(path);
  if (text === undefined) return undefined;
  const read = keyFile.safeParse(parsed(text));
  if (read.success) return read.data.keys;
  const [issue] = read.error.issues;
  throw new KeyFileUnusable(
    `${path} is no file of keys: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}. Restore it from a backup, or remove it and add new keys.`,
  );
}

/**
 * Replaces the keys by what `change` makes of them, as a whole: a reader sees the old file or the new one. The new one is
 * written under a name that only one command can have, which keeps two from losing each other's change.
 *
 * @throws KeyFileBusy, KeyFileUnusable
 */
export function changeKeyFile(path: string, change: (keys: readonly StoredKey[]) => readonly StoredKey[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.next`;
  const descriptor = openForUsAlone(next);
  try {
    const keys = change(readKeyFile(path) ?? []);
    writeFileSync(descriptor, `${JSON.stringify({ version: 1, keys }, null, 2)}\n`);
    fsyncSync(descriptor);
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function openForUsAlone(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    throw new KeyFileBusy(
      `Another command is changing the keys just now: try again. If none is, it died while it did: remove ${path}.`,
    );
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new KeyFileUnusable(`${path} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // which is no file of keys, and is said so
  }
}
