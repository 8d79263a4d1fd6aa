// Who may call what. Keys are looked up by their hash: a comparison of hashes tells nothing about a key by its duration.
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isLoopback, type Settings } from '../../config/settings.ts';
import type { Scope } from '../../config/value-kinds.ts';
import { Problem } from '../errors.ts';

export type Access = (scope: Scope) => boolean;

const everything: Access = () => true;
const challenge = { 'www-authenticate': 'Bearer realm="freshet"' };

/** Answers what the caller may do. `open` routes are answered to anybody. */
export function accessControl({
  apiKeys,
}: Pick<Settings, 'apiKeys'>): (request: IncomingMessage, open: boolean) => Access {
  if (apiKeys.length === 0) return localAccess;
  const byHash = new Map(apiKeys.map(({ sha256, scopes }) => [sha256, accessOf(scopes)]));
  return (request, open) => {
    const key = keyOf(request);
    if (key === undefined && open) return nothing;
    if (key === undefined)
      throw new Problem(401, 'Send a key as Authorization: Bearer … or as X-API-Key.', { headers: challenge });
    const access = byHash.get(hash('sha256', key));
    if (access !== undefined) return access;
    if (open) return nothing;
    throw new Problem(401, 'This key is not known.', { headers: challenge });
  };
}

export function forbidden(scope: Scope): Problem {
  return new Problem(403, `This key lacks the scope ${scope}.`);
}

/** Without keys the server listens on loopback only, but a web page can point its own name at 127.0.0.1: the Host tells. */
function localAccess(request: IncomingMessage): Access {
  const host = request.headers.host ?? '';
  if (localHosts.has(host)) return everything;
  if (!isLoopback(hostName(host)))
    throw new Problem(
      403,
      'Without API_KEYS only requests to localhost or 127.0.0.1 are answered. Set API_KEYS to serve other names.',
    );
  if (localHosts.size < localHostsMax) localHosts.add(host);
  return everything;
}

/** Host headers that were found to be local: nearly every request brings the same. */
const localHosts = new Set<string>();
const localHostsMax = 64;

function hostName(host: string): string {
  return host
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
}

function keyOf({ headers }: IncomingMessage): string | undefined {
  const { authorization } = headers;
  if (authorization !== undefined && /^bearer /i.test(authorization))
    return authorization.slice('bearer '.length).trim();
  const given = headers['x-api-key'];
  return typeof given === 'string' ? given : undefined;
}

function accessOf(scopes: readonly Scope[]): Access {
  return scopes.includes('admin') ? everything : (scope) => scopes.includes(scope);
}

function nothing(): boolean {
  return false;
}
