// One ranking from many sources whose scores don't compare: each source counts by what its best candidate has, times its weight.
//
// Candidates are small whole numbers (ids of an `ItemIndex`), sources and anchors too. An anchor is something the customer did; the
// anchors that brought a candidate are its reasons. All memory is scratch that is used again; nothing is allocated per candidate.
import { Best } from './best.ts';

export interface BlendOptions {
  /** Number of sources. */
  readonly sources: number;
  /** Candidates looked at; further ones are left out. @default 2,048 */
  readonly candidatesMax?: number;
}

export const NO_ANCHOR = -1;

/** Anchors remembered per candidate and source: the strongest of those that came first. */
const ANCHORS = 2;

const UNKNOWN = 0;
const REFUSED = -1;

export class Blend {
  readonly #sources: number;
  readonly #candidatesMax: number;
  #count = 0;
  #factorOf: (id: number) => number = () => 1;

  /** By id: candidate + 1, or UNKNOWN or REFUSED. */
  #candidateOf = new Int32Array(0);
  readonly #refused: number[] = [];
  /** By candidate. */
  readonly #ids: Int32Array;
  readonly #factors: Float64Array;
  readonly #totals: Float64Array;
  readonly #strongest: Uint8Array;
  /** By candidate and source. */
  readonly #scores: Float64Array;
  /** By candidate, source and place. */
  readonly #anchors: Int16Array;
  readonly #anchorScores: Float32Array;
  /** By source. */
  readonly #most: Float64Array;
  #isBefore: (a: number, b: number) => boolean = () => false;
  readonly #best = new Best((a, b) => {
    const difference = (this.#totals[a] as number) - (this.#totals[b] as number);
    return difference > 0 || (difference === 0 && this.#isBefore(this.#ids[a] as number, this.#ids[b] as number));
  });

  constructor({ sources, candidatesMax = 2048 }: BlendOptions) {
    this.#sources = sources;
    this.#candidatesMax = candidatesMax;
    this.#ids = new Int32Array(candidatesMax);
    this.#factors = new Float64Array(candidatesMax);
    this.#totals = new Float64Array(candidatesMax);
    this.#strongest = new Uint8Array(candidatesMax);
    this.#scores = new Float64Array(candidatesMax * sources);
    this.#anchors = new Int16Array(candidatesMax * sources * ANCHORS);
    this.#anchorScores = new Float32Array(candidatesMax * sources * ANCHORS);
    this.#most = new Float64Array(sources);
  }

  /** Candidates so far. */
  get count(): number {
    return this.#count;
  }

  /**
   * Starts a ranking.
   *
   * @param idsEnd one more than the largest id.
   * @param factorOf what remains of a candidate's score, asked once per id: at least 0; 0 is no candidate.
   */
  begin(idsEnd: number, factorOf: (id: number) => number): void {
    for (let candidate = 0; candidate < this.#count; candidate += 1)
      this.#candidateOf[this.#ids[candidate] as number] = UNKNOWN;
    for (const id of this.#refused) this.#candidateOf[id] = UNKNOWN;
    if (this.#candidateOf.length < idsEnd) this.#candidateOf = new Int32Array(Math.ceil(idsEnd * 1.5));
    this.#refused.length = 0;
    this.#count = 0;
    this.#most.fill(0);
    this.#factorOf = factorOf;
  }

  /** Adds to what a source gives an id. Scores must be finite; those that aren't positive are ignored. Anchors are 0 … 32,767. */
  add(id: number, source: number, score: number, anchor: number = NO_ANCHOR): void {
    if (!(score > 0)) return;
    const candidate = this.#candidate(id);
    if (candidate < 0) return;
    const cell = candidate * this.#sources + source;
    const sum = (this.#scores[cell] as number) + score;
    this.#scores[cell] = sum;
    if (sum > (this.#most[source] as number)) this.#most[source] = sum; // sums only rise, so this ends as the largest
    if (anchor !== NO_ANCHOR) this.#remember(cell * ANCHORS, anchor, score);
  }

  /**
   * The best candidates, best first. Valid until the next `begin` or `rank`.
   *
   * @param weights by source; not negative. A candidate all of whose sources weigh nothing is left out.
   * @param isBefore decides between equals: a strict order of ids.
   */
  rank(limit: number, weights: readonly number[], isBefore: (a: number, b: number) => boolean): Int32Array {
    this.#isBefore = isBefore;
    this.#best.begin(limit);
    for (let candidate = 0; candidate < this.#count; candidate += 1) {
      const total = this.#mix(candidate, weights) * (this.#factors[candidate] as number);
      this.#totals[candidate] = total;
      if (total > 0) this.#best.offer(candidate);
    }
    return this.#best.take();
  }

  idOf(candidate: number): number {
    return this.#ids[candidate] as number;
  }

  scoreOf(candidate: number): number {
    return this.#totals[candidate] as number;
  }

  /** The source that contributed most; of equals the first. */
  sourceOf(candidate: number): number {
    return this.#strongest[candidate] as number;
  }

  /** The anchors through which its strongest source brought the candidate, the strongest first. */
  anchorsOf(candidate: number): number[] {
    const first = (candidate * this.#sources + this.sourceOf(candidate)) * ANCHORS;
    const anchors: number[] = [];
    for (let place = first; place < first + ANCHORS && this.#anchors[place] !== NO_ANCHOR; place += 1) {
      anchors.push(this.#anchors[place] as number);
    }
    const [one = 0, other = 0] = this.#anchorScores.subarray(first, first + ANCHORS);
    return other > one ? anchors.reverse() : anchors;
  }

  /** −1 when the id is refused or there is no room. */
  #candidate(id: number): number {
    const known = this.#candidateOf[id] as number;
    if (known !== UNKNOWN) return known === REFUSED ? -1 : known - 1;
    if (this.#count === this.#candidatesMax) return -1;
    const factor = this.#factorOf(id);
    if (factor === 0) {
      this.#candidateOf[id] = REFUSED;
      this.#refused.push(id);
      return -1;
    }
    const candidate = this.#count++;
    this.#candidateOf[id] = candidate + 1;
    this.#ids[candidate] = id;
    this.#factors[candidate] = factor;
    const cells = candidate * this.#sources;
    this.#scores.fill(0, cells, cells + this.#sources);
    this.#anchors.fill(NO_ANCHOR, cells * ANCHORS, (cells + this.#sources) * ANCHORS);
    return candidate;
  }

  #remember(first: number, anchor: number, score: number): void {
    let weakest = first;
    for (let place = first; place < first + ANCHORS; place += 1) {
      if (this.#anchors[place] === NO_ANCHOR) {
        this.#anchors[place] = anchor;
        this.#anchorScores[place] = score;
        return;
      }
      if (this.#anchors[place] === anchor) {
        this.#anchorScores[place] = (this.#anchorScores[place] as number) + score;
        return;
      }
      if ((this.#anchorScores[place] as number) < (this.#anchorScores[weakest] as number)) weakest = place;
    }
    if (score > (this.#anchorScores[weakest] as number)) {
      this.#anchors[weakest] = anchor;
      this.#anchorScores[weakest] = score;
    }
  }

  #mix(candidate: number, weights: readonly number[]): number {
    let total = 0;
    let most = 0;
    for (let source = 0; source < this.#sources; source += 1) {
      const score = this.#scores[candidate * this.#sources + source] as number;
      if (score === 0) continue;
      const part = ((weights[source] as number) * score) / (this.#most[source] as number);
      total += part;
      if (part > most) {
        most = part;
        this.#strongest[candidate] = source;
      }
    }
    return total;
  }
}
