// Where a request comes from, as far as limits are concerned.
import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import { isLoopback } from '../../config/settings.ts';

/**
 * `proxyHops` of X-Forwarded-For count, from our side: what stands further left, anybody can have written. Whatever is no address in
 * there counts as the proxy's own.
 */
export function addressOf({ socket, headers }: IncomingMessage, proxyHops: number): string {
  const own = socket.remoteAddress ?? '';
  const claimed = proxyHops === 0 ? own : (claimedAddress(headers['x-forwarded-for'], proxyHops) ?? own);
  const address = isIP(claimed) === 0 ? own : claimed;
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}

function claimedAddress(forwarded: string | string[] | undefined, proxyHops: number): string | undefined {
  if (forwarded === undefined) return undefined;
  const addresses = String(forwarded).split(',');
  return addresses[Math.max(0, addresses.length - proxyHops)]?.trim();
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
