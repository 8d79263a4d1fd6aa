// How many requests a caller may make, and the header fields that say so (draft-ietf-httpapi-ratelimit-headers).
//
// A key of a server is limited as that key. Who shares a key with everybody (a web page's), or has none, is limited by address.
// The buckets are this process's own: with several processes each gives out the limit anew.
import type { IncomingMessage } from 'node:http';
import type { Settings } from '../../config/settings.ts';
import { Problem } from '../errors.ts';
import type { Caller } from './access.ts';
import { addressOf, isThisMachine, limitedAs } from './caller-address.ts';
import { TokenBuckets, windowSeconds, type Taken } from './token-buckets.ts';

export interface Allowance {
  /** For the answer, whatever it is. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The caller has to wait. */
  readonly refusal?: Problem;
  /** Which limit was reached. */
  readonly limit?: string;
}

type LimitSettings = Pick<Settings, 'rateLimitPerKey' | 'rateLimitPerAddress' | 'trustProxyHops'>;

const unlimited: Allowance = {};

export function requestLimits(
  { rateLimitPerKey, rateLimitPerAddress, trustProxyHops }: LimitSettings,
  nowMs: () => number,
): (caller: Caller, request: IncomingMessage) => Allowance {
  const perKey = limited('key', rateLimitPerKey);
  const perAddress = limited('address', rateLimitPerAddress);
  return (caller, request) => {
    const takes: Take[] = [];
    if (perAddress !== undefined && caller.isAnybody) {
      const address = addressOf(request, trustProxyHops);
      if (!isThisMachine(address)) takes.push(taken(perAddress, limitedAs(address), nowMs()));
    }
    // Who may not come in because of their address leaves the key's tokens to the others.
    if (perKey !== undefined && caller.key !== null && takes.every(({ ok }) => ok))
      takes.push(taken(perKey, caller.key.id, nowMs()));
    return takes.length === 0 ? unlimited : allowanceOf(takes);
  };
}

interface Take extends Taken {
  readonly buckets: TokenBuckets;
}

function limited(name: string, perSecond: number): TokenBuckets | undefined {
  return perSecond === 0 ? undefined : new TokenBuckets({ name, perSecond });
}

function taken(buckets: TokenBuckets, of: string, nowMs: number): Take {
  return { buckets, ...buckets.take(of, nowMs) };
}

function allowanceOf(takes: readonly Take[]): Allowance {
  const headers = {
    'ratelimit-policy': takes.map(policy).join(', '),
    ratelimit: takes.map(state).join(', '),
  };
  const exceeded = takes.find(({ ok }) => !ok);
  if (exceeded === undefined) return { headers };
  const { name, perSecond } = exceeded.buckets.limit;
  const wait = String(exceeded.waitSeconds);
  const refusal = new Problem(
    429,
    `More than ${perSecond} requests a second from this ${name}. Wait ${wait} s, then go on more slowly.`,
    { headers: { 'retry-after': wait } },
  );
  return { headers, refusal, limit: name };
}

function policy({ buckets }: Take): string {
  return `"${buckets.limit.name}";q=${buckets.capacity};w=${windowSeconds}`;
}

function state({ buckets, remaining, fullInSeconds }: Take): string {
  return `"${buckets.limit.name}";r=${remaining};t=${fullInSeconds}`;
}
