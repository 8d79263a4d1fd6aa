// How many requests a caller may make, and the header fields that say so (draft-ietf-httpapi-ratelimit-headers).
//
// A key of a server is limited as that key. Who shares a key with everybody (a web page's), or has none, is limited by address.
// The buckets are this process's own, of all its threads together: with several processes each gives out the limit anew.
import type { IncomingMessage } from 'node:http';
import type { Settings } from '../../config/settings.ts';
import { Problem } from '../errors.ts';
import type { Caller } from './access.ts';
import { addressOf, isThisMachine, limitedAs } from './caller-address.ts';
import { bucketMemory, TokenBuckets, windowSeconds, type Taken } from './token-buckets.ts';

export interface Allowance {
  /** For the answer, whatever it is. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The caller has to wait. */
  readonly refusal?: Problem;
  /** Which limit was reached. */
  readonly limit?: string;
}

type LimitSettings = Pick<Settings, 'rateLimitPerKey' | 'rateLimitPerAddress' | 'trustProxyHops'>;

/** What threads share to keep the limits together. */
export interface LimitMemory {
  readonly perKey: SharedArrayBuffer;
  readonly perAddress: SharedArrayBuffer;
}

const unlimited: Allowance = {};

export function limitMemory(): LimitMemory {
  return { perKey: bucketMemory(), perAddress: bucketMemory() };
}

export function requestLimits(
  { rateLimitPerKey, rateLimitPerAddress, trustProxyHops }: LimitSettings,
  nowMs: () => number,
  memory: LimitMemory = limitMemory(),
): (caller: Caller, request: IncomingMessage) => Allowance {
  const perKey = limited('key', rateLimitPerKey, memory.perKey);
  const perAddress = limited('address', rateLimitPerAddress, memory.perAddress);
  const ofKey = (id: string): Take | undefined => perKey && taken(perKey, id, nowMs());
  const ofAddress = (request: IncomingMessage): Take | undefined => {
    if (perAddress === undefined) return undefined;
    const address = addressOf(request, trustProxyHops);
    return isThisMachine(address) ? undefined : taken(perAddress, limitedAs(address), nowMs());
  };
  return (caller, request) => {
    const address = caller.isAnybody ? ofAddress(request) : undefined;
    // Who may not come in because of their address leaves the key's tokens to the others.
    const key = caller.key !== null && address?.ok !== false ? ofKey(caller.key.id) : undefined;
    if (address === undefined) return key === undefined ? unlimited : allowanceOf(key);
    return key === undefined ? allowanceOf(address) : allowanceOfBoth(address, key);
  };
}

/** A limit's buckets, and what its answers say of it. */
interface LimitedBy {
  readonly buckets: TokenBuckets;
  readonly policy: string;
}

interface Take extends Taken {
  readonly by: LimitedBy;
}

function limited(name: string, perSecond: number, memory: SharedArrayBuffer): LimitedBy | undefined {
  if (perSecond === 0) return undefined;
  const buckets = new TokenBuckets({ name, perSecond }, memory);
  return { buckets, policy: `"${name}";q=${buckets.capacity};w=${windowSeconds}` };
}

function taken(by: LimitedBy, of: string, nowMs: number): Take {
  return { by, ...by.buckets.take(of, nowMs) };
}

function allowanceOf(take: Take): Allowance {
  const headers = { 'ratelimit-policy': take.by.policy, ratelimit: state(take) };
  return take.ok ? { headers } : { headers, ...refused(take) };
}

function allowanceOfBoth(address: Take, key: Take): Allowance {
  const headers = {
    'ratelimit-policy': `${address.by.policy}, ${key.by.policy}`,
    ratelimit: `${state(address)}, ${state(key)}`,
  };
  return key.ok ? { headers } : { headers, ...refused(key) }; // what the address has used up is said without the key
}

function refused({ by, waitSeconds }: Take): Pick<Allowance, 'refusal' | 'limit'> {
  const { name, perSecond } = by.buckets.limit;
  const wait = String(waitSeconds);
  const refusal = new Problem(
    429,
    `More than ${perSecond} requests a second from this ${name}. Wait ${wait} s, then go on more slowly.`,
    { headers: { 'retry-after': wait } },
  );
  return { refusal, limit: name };
}

function state({ by, remaining, fullInSeconds }: Take): string {
  return `"${by.buckets.limit.name}";r=${remaining};t=${fullInSeconds}`;
}
