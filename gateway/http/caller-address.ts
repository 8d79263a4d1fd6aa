// Where a request comes from, as far as limits are concerned.
import type { Request } from 'express';
import { isIP, isIPv6 } from 'node:net';
import { isLoopback } from '../../config/settings.ts';

/** Express reads X-Forwarded-For by the setting TRUST_PROXY_HOPS; whatever is no address in there counts as the proxy's own. */
export function addressOf(request: Request): string {
  const claimed = request.ip ?? '';
  const address = isIP(claimed) === 0 ? (request.socket.remoteAddress ?? '') : claimed;
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}

/** Who has one IPv6 address has all of its network: it is the first 64 bits that are limited. */
export function limitedAs(address: string): string {
  return isIPv6(address) ? `${groupsOf(address).slice(0, 4).join(':')}::/64` : address;
}

/** This machine itself is not limited: behind a proxy on it, everybody would share one limit, and what runs here needs none. */
export function isThisMachine(address: string): boolean {
  return isLoopback(address);
}

/** All eight groups of an address, without leading zeros. */
function groupsOf(address: string): string[] {
  const [start = '', end] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const head = start === '' ? [] : start.split(':');
  const tail = end === undefined || end === '' ? [] : end.split(':');
  const middle = end === undefined ? [] : Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  return [...head, ...middle, ...tail].map((group) => group.replace(/^0+(?=.)/, ''));
}
