// How V8 is to collect the garbage of a process that runs Freshet.
import { setFlagsFromString } from 'node:v8';

/**
 * To be called before anything runs. Makes collections of the whole heap rare: under 1,000 events per second each keeps both cores busy
 * for a tenth of a second.
 *
 * - V8 watches where objects come from that live for a while, and then puts all that come from there with the old ones (pretenuring).
 *   Records that wait a second in a queue teach it so; the later ones, long dead, then keep the bytes they point to. So it may not.
 * - What the caches put in the place of older values dies old: some 4 MB a second. V8 collects when the old ones have about doubled;
 *   now they may grow by twice of what was left, which is some 130 MB for a shop with thousands of customers.
 */
export function collectRarely(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
  setFlagsFromString('--heap-growing-percent=200');
}
