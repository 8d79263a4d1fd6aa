// Who calls, and what they may do.
import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../config/settings.ts';
import type { Scope } from '../../config/value-kinds.ts';
import { Problem } from '../errors.ts';
import type { Key, KeyRing } from '../keys/key-ring.ts';
import type { Route } from './route.ts';

export interface Caller {
  /** What the caller is known by; null for who needs no key, and for who has none that counts. */
  readonly key: Key | null;
  /** True for who shares what they are known by with everybody: a browser's key can be read in its page. */
  readonly isAnybody: boolean;
  readonly may: (scope: Scope) => boolean;
  /** Why no guarded route is for this caller. */
  readonly refusal?: () => Problem;
}

/** Of all that `ingest` may do, what a web page may. Anything else that writes belongs to the shop's own servers. */
const browserRoutes = new Set(['POST /api/v1/interactions', 'POST /api/v1/impressions']);

export function isForBrowsers({ method, path }: Pick<Route, 'method' | 'path'>): boolean {
  return browserRoutes.has(`${method} ${path}`);
}

/** Answers who sent a request. @throws Problem 403 for a request to a name that is not this machine's, while no keys are asked for */
export function identification(keys: KeyRing, nowMs: () => number): (request: IncomingMessage) => Caller {
  const callers = new WeakMap<Key, Caller>();
  return (request) => {
    if (!keys.areAskedFor) return localCaller(request);
    const text = keyIn(request);
    if (text === undefined) return withoutKey;
    const key = keys.find(text);
    if (key === undefined) return withUnknownKey;
    if (key.expiresAtMs <= nowMs()) return withExpiredKey;
    let caller = callers.get(key);
    if (caller === undefined) callers.set(key, (caller = callerWith(key)));
    return caller;
  };
}

/** @throws Problem 401 or 403 when the route is not for this caller */
export function admit(
  { key, may, refusal }: Caller,
  { scope, method, path }: Pick<Route, 'scope' | 'method' | 'path'>,
  origin: string | undefined,
): void {
  if (scope === 'open') return;
  if (refusal !== undefined) throw refusal();
  if (key?.origins) {
    if (!isForBrowsers({ method, path }))
      throw new Problem(403, 'This key is for web pages, which may only send interactions and impressions.');
    if (origin === undefined || !key.origins.has(origin))
      throw new Problem(403, 'This key is for pages of its allowed origins only. freshet keys list shows them.');
  }
  if (!may(scope)) throw new Problem(403, `This key lacks the scope ${scope}.`);
}

const everything = () => true;
const nothing = () => false;
const local: Caller = { key: null, isAnybody: false, may: everything };
const withoutKey = stranger('Send a key as Authorization: Bearer … or as X-API-Key.');
const withUnknownKey = stranger('This key is not known.');
const withExpiredKey = stranger('This key has expired. Make another one with freshet keys add.');

function stranger(detail: string): Caller {
  const headers = { 'www-authenticate': 'Bearer realm="freshet"' };
  return { key: null, isAnybody: true, may: nothing, refusal: () => new Problem(401, detail, { headers }) };
}

function callerWith(key: Key): Caller {
  return { key, isAnybody: key.origins !== null, may: key.may };
}

/** Without keys the server listens on loopback only, but a web page can point its own name at 127.0.0.1: the Host tells. */
function localCaller(request: IncomingMessage): Caller {
  const host = request.headers.host ?? '';
  if (localHosts.has(host)) return local;
  if (!isLoopback(hostName(host)))
    throw new Problem(
      403,
      'Without API_KEYS only requests to localhost or 127.0.0.1 are answered. Set API_KEYS, or add a key with freshet keys add, to serve other names.',
    );
  if (localHosts.size < localHostsMax) localHosts.add(host);
  return local;
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

function keyIn({ headers }: IncomingMessage): string | undefined {
  const { authorization } = headers;
  if (authorization !== undefined && /^bearer /i.test(authorization))
    return authorization.slice('bearer '.length).trim();
  const given = headers['x-api-key'];
  return typeof given === 'string' ? given : undefined;
}
