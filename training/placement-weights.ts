// What each source of a list is worth in a placement beside what it is worth in all, from what was taken where it was shown.
//
// Who is shown an item first looks at it first. So what is taken is explained by both: the rate of a place times what the source's items are
// worth there (the position-based model; Craswell, Zoeter, Taylor and Ramsey, "An experimental comparison of click position-bias models",
// WSDM 2008, section 3). Sources stand at many ranks, since lists are mixed, which is what tells the two apart. Rates and worths are fitted
// by turns (iterative proportional fitting, which maximises the likelihood of a Poisson model of products).
import { hash32 } from '../streams/random.ts';
import { RANKS_MAX, type PlacedItem } from './placement-outcomes.ts';

export interface PlacementWeights {
  readonly placement: string;
  /** By source: what its scores are to be multiplied by. */
  readonly factors: Readonly<Record<string, number>>;
  /** Items shown and taken that it was learnt from and judged by. */
  readonly shown: number;
  readonly taken: number;
  /** How much likelier (natural logarithm) the factors make what other customers took than without them. */
  readonly evidence: number;
}

/** Fewer say nothing of eight sources. */
const TAKEN_MIN = 100;
/** So many items taken as expected count beside what was: sources with few outcomes stay as they are overall. */
const SHRINKAGE_TAKEN = 20;
/** One is never worth more than so many times what it is overall, nor less than one of so many. */
const FACTOR_MAX = 2;
/** A ratio of likelihoods of some 20 to 1. */
const EVIDENCE_MIN = 3;
const ROUNDS = 20;
/** Customers who judge. */
const JUDGES_SHARE = 1 / 3;

/** Every placement with enough outcomes; those whose factors do not make what others took likelier have none. */
export function learnPlacements(placed: readonly PlacedItem[]): PlacementWeights[] {
  const isJudge = ({ customerId }: PlacedItem) => hash32(customerId) / 2 ** 32 < JUDGES_SHARE;
  const worths = worthsOf(cellsOf(placed.filter((one) => !isJudge(one))));
  return [...Map.groupBy(placed, ({ placement }) => placement)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([placement, own]) => {
      const taken = own.filter(({ isTaken }) => isTaken).length;
      if (taken < TAKEN_MIN) return [];
      const [judging, learning] = [own.filter(isJudge), own.filter((one) => !isJudge(one))].map(cellsOf) as [Cell[], Cell[]]; // prettier-ignore
      const factors = factorsOf(learning, worths);
      const evidence = likelihoodOf(judging, learning, worths, factors) - likelihoodOf(judging, learning, worths, new Map()); // prettier-ignore
      const isBelieved = evidence >= EVIDENCE_MIN;
      return [{ placement, factors: isBelieved ? Object.fromEntries(factors) : {}, shown: own.length, taken, evidence }]; // prettier-ignore
    });
}

/** What stood in one place of one placement, from one source. */
interface Cell {
  readonly place: string;
  readonly algorithm: string;
  readonly shown: number;
  readonly taken: number;
}

type Worths = ReadonlyMap<string, number>;

function cellsOf(placed: readonly PlacedItem[]): Cell[] {
  const cells = new Map<string, { place: string; algorithm: string; shown: number; taken: number }>();
  for (const { placement, algorithm, rank, isTaken } of placed) {
    const place = `${Math.min(rank, RANKS_MAX)} ${placement}`;
    const key = JSON.stringify([place, algorithm]);
    const cell = cells.get(key) ?? { place, algorithm, shown: 0, taken: 0 };
    cell.shown += 1;
    cell.taken += Number(isTaken);
    cells.set(key, cell);
  }
  return [...cells.values()];
}

/** Of the sources, in all placements together. */
function worthsOf(cells: readonly Cell[]): Worths {
  let worths = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const rates = ratesOf(cells, (algorithm) => worths.get(algorithm) ?? 1);
    const expected = sumBy(cells, ({ algorithm }) => algorithm, ({ shown, place }) => shown * (rates.get(place) ?? 0)); // prettier-ignore
    const taken = sumBy(cells, ({ algorithm }) => algorithm, (cell) => cell.taken); // prettier-ignore
    worths = new Map([...taken].map(([name, count]) => [name, shrunk(count, expected.get(name) ?? 0)]));
  }
  return worths;
}

function factorsOf(cells: readonly Cell[], worths: Worths): Map<string, number> {
  let factors = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const rates = ratesOf(cells, (algorithm) => (worths.get(algorithm) ?? 1) * (factors.get(algorithm) ?? 1));
    const expected = sumBy(cells, ({ algorithm }) => algorithm, ({ shown, place, algorithm }) => shown * (rates.get(place) ?? 0) * (worths.get(algorithm) ?? 1)); // prettier-ignore
    const taken = sumBy(cells, ({ algorithm }) => algorithm, (cell) => cell.taken); // prettier-ignore
    factors = new Map(
      [...taken].map(([name, count]) => [
        name,
        Math.min(FACTOR_MAX, Math.max(1 / FACTOR_MAX, shrunk(count, expected.get(name) ?? 0))),
      ]),
    );
  }
  return factors;
}

function shrunk(taken: number, expected: number): number {
  return (taken + SHRINKAGE_TAKEN) / (expected + SHRINKAGE_TAKEN);
}

/** How often something of worth 1 is taken in each place. */
function ratesOf(cells: readonly Cell[], worthOf: (algorithm: string) => number): Map<string, number> {
  const taken = sumBy(cells, ({ place }) => place, (cell) => cell.taken); // prettier-ignore
  const worth = sumBy(cells, ({ place }) => place, ({ shown, algorithm }) => shown * worthOf(algorithm)); // prettier-ignore
  return new Map([...taken].map(([place, count]) => [place, count / (worth.get(place) ?? 1)]));
}

/** Logarithm of the likelihood of what judges took, at the rates of those who were learnt from. */
function likelihoodOf(judging: readonly Cell[], learning: readonly Cell[], worths: Worths, factors: Worths): number {
  const worthOf = (algorithm: string) => (worths.get(algorithm) ?? 1) * (factors.get(algorithm) ?? 1);
  const rates = ratesOf(learning, worthOf);
  let sum = 0;
  for (const { place, algorithm, shown, taken } of judging) {
    const expected = shown * (rates.get(place) ?? 0) * worthOf(algorithm);
    if (expected > 0) sum += taken * Math.log(expected) - expected;
  }
  return sum;
}

function sumBy(cells: readonly Cell[], keyOf: (cell: Cell) => string, valueOf: (cell: Cell) => number) {
  const sums = new Map<string, number>();
  for (const cell of cells) sums.set(keyOf(cell), (sums.get(keyOf(cell)) ?? 0) + valueOf(cell));
  return sums;
}
