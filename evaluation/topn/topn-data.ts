// Who had what as numbers, and the splits of it.
import { seededRandom } from '../../streams/random.ts';
import { InteractionMatrix } from '../../models/interaction-matrix.ts';
import { EvaluationRefused } from '../errors.ts';
import { ItemNumbers } from '../item-numbers.ts';
import { inSeconds } from '../read-lines.ts';
import type { RawInteraction } from './read-interactions.ts';

export interface TopnData {
  readonly items: ItemNumbers;
  /** By user; oldest first if the training has times, else by number. */
  readonly train: readonly Int32Array[];
  /** By user: items that were had later; −1 for items that training doesn't have. */
  readonly test: readonly Int32Array[];
  readonly matrix: InteractionMatrix;
  readonly isTimed: boolean;
}

const VALIDATION_SHARE = 0.1;
const VALIDATION_SEED = 42;
/** Interactions that models are chosen on: of more, every nth user is looked at, so that choosing takes minutes however large the set is. */
const VALIDATION_ONES_MAX = 3_000_000;

export function topnData(train: readonly RawInteraction[], test: readonly RawInteraction[]): TopnData {
  const items = new ItemNumbers(train.map(({ item }) => item));
  const users = new ItemNumbers([...train, ...test].map(({ user }) => user));
  const isTimed = train.length > 0 && train.every((each) => each.isTimed);
  const histories = isTimed ? inTime(train, users, items) : byUser(train, users, items);
  const later = byUser(test, users, items);
  return { items, train: histories, test: later, matrix: new InteractionMatrix(histories, items.count), isTimed };
}

/** Which part of what is tested counts. */
export interface TimeRange {
  readonly fromSeconds?: number;
  readonly untilSeconds?: number;
}

/** @throws EvaluationRefused when there is a range, and no times. */
export function withinRange(
  all: readonly RawInteraction[],
  { fromSeconds, untilSeconds }: TimeRange,
): RawInteraction[] {
  if (fromSeconds === undefined && untilSeconds === undefined) return [...all];
  if (all.some(({ isTimed }) => !isTimed)) throw new EvaluationRefused('--from and --until need a test with times');
  return all.filter(({ time }) => {
    const seconds = inSeconds(time);
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

/**
 * A tenth of each user's training items becomes what is asked for: the latest if there are times, since what is asked for later is what comes
 * then; else drawn with a seed.
 */
export function cutTopnValidation(
  { items, train, isTimed, matrix }: TopnData,
  onesMax = VALIDATION_ONES_MAX,
): TopnData {
  const every = Math.max(1, Math.ceil(matrix.ones / onesMax));
  const looked = train.map((history, user) => (user % every === 0 ? history : new Int32Array(0)));
  const { kept, held } = isTimed ? holdOutLatest(looked) : holdOut(looked, seededRandom(VALIDATION_SEED));
  return { items, train: kept, test: held, matrix: new InteractionMatrix(kept, items.count), isTimed };
}

interface HeldOut {
  /** By user. */
  readonly kept: Int32Array[];
  readonly held: Int32Array[];
}

/** Of a short history one item; nothing of a history of one. */
function holdOutLatest(histories: readonly Int32Array[]): HeldOut {
  const cuts = histories.map(({ length }) => length - Math.min(length - 1, Math.ceil(length * VALIDATION_SHARE)));
  return {
    kept: histories.map((history, user) => history.slice(0, cuts[user])),
    held: histories.map((history, user) => history.slice(cuts[user])),
  };
}

function holdOut(histories: readonly Int32Array[], random: () => number): HeldOut {
  const kept: Int32Array[] = [];
  const held: Int32Array[] = [];
  for (const history of histories) {
    const isHeld = Array.from(history, () => random() < VALIDATION_SHARE);
    kept.push(history.filter((_, at) => !isHeld[at]));
    held.push(history.filter((_, at) => isHeld[at]));
  }
  return { kept, held };
}

/** By the first time; at one time by number. */
function inTime(all: readonly RawInteraction[], users: ItemNumbers, items: ItemNumbers): Int32Array[] {
  const sorted = all
    .map(({ user, item, time }) => ({ user: users.numberOf(user), item: items.numberOf(item), time }))
    .sort((one, other) => one.time - other.time || one.item - other.item);
  const histories = Array.from({ length: users.count }, () => new Set<number>());
  for (const { user, item } of sorted) histories[user]?.add(item);
  return histories.map((history) => Int32Array.from(history));
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
