// Makes a key: the secret, which is shown once, and what is kept of it.
import { hash, randomBytes } from 'node:crypto';
import type { StoredKey } from './key-file.ts';

export type KeyRequest = Pick<StoredKey, 'name' | 'kind' | 'scopes' | 'origins' | 'expires_at'>;

/** The prefix lets scanners find a key that somebody committed to a repository. */
const prefix = 'freshet';
const secretBytes = 32;
const idBytes = 4;

export function makeKey(request: KeyRequest, nowMs: number): { readonly secret: string; readonly stored: StoredKey } {
  const id = randomBytes(idBytes).toString('hex');
  const secret = `${prefix}_${id}_${randomBytes(secretBytes).toString('base64url')}`;
  const created_at = new Date(nowMs).toISOString();
  return { secret, stored: { id, ...request, sha256: hash('sha256', secret), created_at } };
}
