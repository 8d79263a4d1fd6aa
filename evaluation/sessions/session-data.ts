// Sessions as item numbers, and the part of them that chooses parameters.
import { ItemNumbers } from '../item-numbers.ts';
import type { RawSession } from './read-sessions.ts';

export interface SessionData {
  readonly items: ItemNumbers;
  /** Oldest first. */
  readonly sessions: readonly Int32Array[];
}

/** The last part of the training sessions, on which parameters are chosen. */
const VALIDATION_SHARE = 0.06;

/** Items are numbered by what is trained on; what only others have is unknown (−1). */
export function trainingData(train: readonly RawSession[]): SessionData {
  const items = new ItemNumbers(train.flatMap((session) => session.items));
  return { items, sessions: train.map((session) => numbered(session, items)) };
}

export function numbered({ items }: RawSession, numbers: ItemNumbers): Int32Array {
  return Int32Array.from(items, (id) => numbers.numberOf(id));
}

export interface ValidationSplit {
  readonly train: SessionData;
  readonly validation: readonly Int32Array[];
}

/** Cuts off the end; items that the beginning doesn't have are left out of it. The numbers of the items stay. */
export function cutValidation({ items, sessions }: SessionData): ValidationSplit {
  const cut = sessions.length - Math.round(sessions.length * VALIDATION_SHARE);
  const train = sessions.slice(0, cut);
  const known = new Uint8Array(items.count);
  for (const session of train) for (const item of session) known[item] = 1;
  const validation = sessions
    .slice(cut)
    .map((session) => session.filter((item) => known[item] === 1))
    .filter((session) => session.length > 1);
  return { train: { items, sessions: train }, validation };
}

/** By item: in how many clicks it occurs. */
export function clicksByItem({ items, sessions }: SessionData): Float64Array {
  const clicks = new Float64Array(items.count);
  for (const session of sessions) for (const item of session) clicks[item] = (clicks[item] as number) + 1;
  return clicks;
}
