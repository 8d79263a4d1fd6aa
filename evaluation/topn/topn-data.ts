// Who had what as numbers, and the splits of it.
import { seededRandom } from '../../streams/random.ts';
import { InteractionMatrix } from '../../models/interaction-matrix.ts';
import { EvaluationRefused } from '../errors.ts';
import { ItemNumbers } from '../item-numbers.ts';
import type { RawInteraction } from './read-interactions.ts';

export interface TopnData {
  readonly items: ItemNumbers;
  /** By user. */
  readonly train: readonly Int32Array[];
  /** By user: items that were had later and not in training; −1 for items that training doesn't have. */
  readonly test: readonly Int32Array[];
  readonly matrix: InteractionMatrix;
}

const VALIDATION_SHARE = 0.1;
const VALIDATION_SEED = 42;

export function topnData(train: readonly RawInteraction[], test: readonly RawInteraction[]): TopnData {
  const items = new ItemNumbers(train.map(({ item }) => item));
  const users = new ItemNumbers([...train, ...test].map(({ user }) => user));
  const histories = byUser(train, users, items);
  const later = byUser(test, users, items).map((wanted, user) => {
    const had = new Set(histories[user]);
    return wanted.filter((item) => item < 0 || !had.has(item));
  });
  return { items, train: histories, test: later, matrix: new InteractionMatrix(histories, items.count) };
}

/** Which part of what is tested counts. */
export interface TimeRange {
  readonly fromSeconds?: number;
  readonly untilSeconds?: number;
}

const SECONDS_PER_YEAR = 31_557_600;
/** What is larger is in milliseconds. */
const SECONDS_MAX = 3000 * SECONDS_PER_YEAR;

/** @throws EvaluationRefused when there is a range, and no times. */
export function withinRange(
  all: readonly RawInteraction[],
  { fromSeconds, untilSeconds }: TimeRange,
): RawInteraction[] {
  if (fromSeconds === undefined && untilSeconds === undefined) return [...all];
  if (all.some(({ isTimed }) => !isTimed)) throw new EvaluationRefused('--from and --until need a test with times');
  return all.filter(({ time }) => {
    const seconds = time < SECONDS_MAX ? time : time / 1000;
    return seconds >= (fromSeconds ?? -Infinity) && seconds < (untilSeconds ?? Infinity);
  });
}

/** Each user's last by (time, user, item) is the test, the others are the training. */
export function leaveLastOut(all: readonly RawInteraction[]): { train: RawInteraction[]; test: RawInteraction[] } {
  const order = new ItemNumbers(all.map(({ item }) => item));
  const sorted = all.toSorted(
    (one, other) => one.time - other.time || order.numberOf(one.item) - order.numberOf(other.item),
  );
  const lastOf = new Map(sorted.map((each) => [each.user, each]));
  return {
    train: sorted.filter((each) => lastOf.get(each.user) !== each),
    test: sorted.filter((each) => lastOf.get(each.user) === each),
  };
}

/** A tenth of each user's training items becomes what is asked for, drawn with a seed. */
export function cutTopnValidation({ items, train }: TopnData): TopnData {
  const { kept, held } = holdOut(train, seededRandom(VALIDATION_SEED));
  return { items, train: kept, test: held, matrix: new InteractionMatrix(kept, items.count) };
}

/** By user: what is kept, and the tenth that is not. */
export function holdOut(
  histories: readonly Int32Array[],
  random: () => number,
): { kept: Int32Array[]; held: Int32Array[] } {
  const kept: Int32Array[] = [];
  const held: Int32Array[] = [];
  for (const history of histories) {
    const isHeld = Array.from(history, () => random() < VALIDATION_SHARE);
    kept.push(history.filter((_, at) => !isHeld[at]));
    held.push(history.filter((_, at) => isHeld[at]));
  }
  return { kept, held };
}

/** Each item once; known ones by number, the unknown ones kept as −1 so that recall counts them as missed. */
function byUser(all: readonly RawInteraction[], users: ItemNumbers, items: ItemNumbers): Int32Array[] {
  const known = Array.from({ length: users.count }, () => new Set<number>());
  const unknown = Array.from({ length: users.count }, () => new Set<string>());
  for (const { user, item } of all) {
    const number = items.numberOf(item);
    if (number >= 0) known[users.numberOf(user)]?.add(number);
    else unknown[users.numberOf(user)]?.add(item);
  }
  return known.map((numbers, user) =>
    Int32Array.from([...[...numbers].sort((a, b) => a - b), ...Array<number>(unknown[user]?.size ?? 0).fill(-1)]),
  );
}
