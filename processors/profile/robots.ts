// Who clicks faster than people do is a program: what it does is kept with its profile, and nobody else learns from it.
import type { Profile, RecentInteraction } from '../../schemas/types.ts';
import { meaningOf } from './event-types.ts';
import { limits } from './limits.ts';

/** So many clicks within this time, one after the other, are none of a person's: two and a half a second. */
const SPAN_MS = 20_000;

/**
 * True when the latest interactions, as many as are kept, are all clicks and lie within seconds. Only clicks tell: a large basket comes with one
 * time, and so may ratings.
 */
export function isRobot({ recent }: Profile): boolean {
  const [first, last] = [recent[0], recent.at(-1)];
  if (first === undefined || last === undefined || recent.length < limits.recentMax) return false;
  return last.timestamp - first.timestamp < SPAN_MS && recent.every(isClick);
}

function isClick(interaction: RecentInteraction): boolean {
  return meaningOf(interaction).kind === 'view';
}
