// What can go wrong in a run, when, and how a seed chooses it.
import type { Dice } from './dice.ts';

export type FaultKind =
  | 'kill' //            the process at hand dies here and is started again later, its local store kept, torn or lost
  | 'freeze' //          the process at hand stands still here; its group gives its partitions away; then it wakes up
  | 'nap' //             it stands still, but its group does not notice
  | 'evict' //           its group loses it although it is well
  | 'leave' //           it stops in order, and comes back later
  | 'join' //            one more process starts
  | 'crash' //           all processes and the log's own die; the disk has what was written
  | 'power-loss' //      as before, and the disk has what was synced, and some of the rest
  | 'torn-write' //      as 'crash', in the middle of a write to the disk
  | 'disk-full' //       nothing more fits on the disk for a while
  | 'slow' //            what happens here takes long
  | 'aborted' //         the next commit is aborted
  | 'unclear-done' //    the next commit happens, its answer is lost
  | 'unclear-not' //     the next commit does not happen, and nobody says so
  | 'unclear-late' //    the next commit happens later, or never when it is fenced first
  | 'unavailable' //     the next call to the log fails, and some after it
  | 'apply-fails' //     the next write to a local store fails
  | 'apply-kills' //     the process dies in the next write to its local store
  | 'target-fails'; //   the external store fails for some writes, before, in the middle of or after them

export interface Fault {
  /** It strikes when so many things have happened, at the next place where it can. */
  readonly step: number;
  readonly kind: FaultKind;
  /** In [0, 1): how it strikes. */
  readonly how: number;
}

const WEIGHTS: Readonly<Record<FaultKind, number>> = {
  kill: 6,
  freeze: 5,
  nap: 2,
  evict: 3,
  leave: 2,
  join: 2,
  crash: 2,
  'power-loss': 1.5,
  'torn-write': 1,
  'disk-full': 1.5,
  slow: 3,
  aborted: 2,
  'unclear-done': 3,
  'unclear-not': 2,
  'unclear-late': 2,
  unavailable: 3,
  'apply-fails': 2,
  'apply-kills': 2,
  'target-fails': 3,
};
const KINDS = Object.keys(WEIGHTS) as FaultKind[];

/** Up to `countMax` faults within the first `stepMax` steps, in order. */
export function planFaults(dice: Dice, countMax: number, stepMax: number): Fault[] {
  return Array.from({ length: dice.int(0, countMax) }, () => ({
    step: dice.int(1, stepMax),
    kind: chooseKind(dice),
    how: dice.fraction(),
  })).toSorted((one, other) => one.step - other.step);
}

function chooseKind(dice: Dice): FaultKind {
  let left = dice.fraction() * KINDS.reduce((sum, kind) => sum + WEIGHTS[kind], 0);
  return KINDS.find((kind) => (left -= WEIGHTS[kind]) < 0) ?? 'kill';
}

export function faultText({ step, kind, how }: Fault): string {
  return `${kind}@${step}(${how.toFixed(3)})`;
}
