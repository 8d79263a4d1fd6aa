// One ranking from many sources whose scores don't compare: each source counts by what its best candidate has, times its weight.
//
// Candidates are small whole numbers (ids of an `ItemIndex`), sources and anchors too. An anchor is something the customer did; the
// anchors that brought a candidate are its reasons. All memory is scratch that is used again; nothing is allocated per candidate.
import { Best } from './best.ts';

export interface BlendOptions {
  /** Number of sources, up to 31. */
  readonly sources: number;
  /** Candidates looked at; further ones are left out. @default 2,048 */
  readonly candidatesMax?: number;
}

export const NO_ANCHOR = -1;

/** Anchors remembered per candidate and source: two. A third takes the place of the weaker one if it brings more. */
const ANCHORS = 2;

const UNKNOWN = 0;
const REFUSED = -1;

export class Blend {
  readonly #sources: number;
  readonly #candidatesMax: number;
  #count = 0;
  #accepts: (id: number) => boolean = () => true;

  /** By id: candidate + 1, or UNKNOWN or REFUSED. */
  #candidateOf = new Int32Array(0);
  readonly #refused: number[] = [];
  /** By candidate. */
  readonly #ids: Int32Array;
  readonly #factors: Float64Array;
  readonly #totals: Float64Array;
  readonly #strongest: Uint8Array;
  /** By candidate: a bit for each source that brought it. What the others left in the cells below means nothing. */
  readonly #brought: Int32Array;
  /** By candidate and source. */
  readonly #scores: Float64Array;
  /** By candidate, source and place. */
  readonly #anchors: Int16Array;
  readonly #anchorScores: Float32Array;
  /** By source. */
  readonly #most: Float64Array;
  /** Candidates that count for something. */
  readonly #ranked: Int32Array;
  readonly #best = new Best((a, b) => a < b);

  constructor({ sources, candidatesMax = 2048 }: BlendOptions) {
    this.#sources = sources;
    this.#candidatesMax = candidatesMax;
    this.#ids = new Int32Array(candidatesMax);
    this.#brought = new Int32Array(candidatesMax);
    this.#factors = new Float64Array(candidatesMax);
    this.#totals = new Float64Array(candidatesMax);
    this.#ranked = new Int32Array(candidatesMax);
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
   * @param accepts asked once per id; what it refuses is no candidate.
   */
  begin(idsEnd: number, accepts: (id: number) => boolean): void {
    for (let candidate = 0; candidate < this.#count; candidate += 1)
      this.#candidateOf[this.#ids[candidate] as number] = UNKNOWN;
    for (const id of this.#refused) this.#candidateOf[id] = UNKNOWN;
    if (this.#candidateOf.length < idsEnd) this.#candidateOf = new Int32Array(Math.ceil(idsEnd * 1.5));
    this.#refused.length = 0;
    this.#count = 0;
    this.#most.fill(0);
    this.#accepts = accepts;
  }

  /** To be called before anything is added: the id is no candidate. */
  refuse(id: number): void {
    this.#candidateOf[id] = REFUSED;
    this.#refused.push(id);
  }

  /** Adds to what a source gives an id. Scores must be finite; those that aren't positive are ignored. Anchors are 0 … 32,767. */
  add(id: number, source: number, score: number, anchor: number = NO_ANCHOR): void {
    if (!(score > 0)) return;
    const candidate = this.#candidate(id);
    if (candidate < 0) return;
    const cell = candidate * this.#sources + source;
    const brought = this.#brought[candidate] as number;
    let sum = score;
    if ((brought & (1 << source)) !== 0) {
      sum += this.#scores[cell] as number;
      if (anchor !== NO_ANCHOR) this.#remember(cell * ANCHORS, anchor, score);
    } else {
      this.#brought[candidate] = brought | (1 << source);
      this.#anchors[cell * ANCHORS] = anchor;
      this.#anchors[cell * ANCHORS + 1] = NO_ANCHOR;
      this.#anchorScores[cell * ANCHORS] = score;
    }
    this.#scores[cell] = sum;
    if (sum > (this.#most[source] as number)) this.#most[source] = sum; // sums only rise, so this ends as the largest
  }

  /** To be called after everything is added: leaves so much of the id's score. Not negative; 0 leaves it out. */
  scale(id: number, factor: number): void {
    const candidate = (this.#candidateOf[id] as number) - 1;
    if (candidate >= 0) this.#factors[candidate] = factor;
  }

  /** To be called after everything is added and scaled: multiplies the score of each candidate. */
  reweigh(factorOf: (id: number) => number): void {
    for (let candidate = 0; candidate < this.#count; candidate += 1)
      this.#factors[candidate] = (this.#factors[candidate] as number) * factorOf(this.#ids[candidate] as number);
  }

  /**
   * The best candidates, best first, of equals the one that was brought first. Valid until the next `begin` or `rank`.
   *
   * @param weights by source; not negative. A candidate all of whose sources weigh nothing is left out.
   */
  rank(limit: number, weights: readonly number[]): Int32Array {
    let ranked = 0;
    for (let candidate = 0; candidate < this.#count; candidate += 1) {
      const total = this.#mix(candidate, weights) * (this.#factors[candidate] as number);
      this.#totals[candidate] = total;
      if (total > 0) this.#ranked[ranked++] = candidate;
    }
    return this.#best.choose(this.#ranked, ranked, this.#totals, limit);
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
    const one = this.#anchors[first] as number;
    const other = this.#anchors[first + 1] as number;
    if (one === NO_ANCHOR) return [];
    if (other === NO_ANCHOR) return [one];
    return (this.#anchorScores[first + 1] as number) > (this.#anchorScores[first] as number)
      ? [other, one]
      : [one, other];
  }

  /** −1 when the id is refused or there is no room. */
  #candidate(id: number): number {
    const known = this.#candidateOf[id] as number;
    if (known !== UNKNOWN) return known === REFUSED ? -1 : known - 1;
    if (this.#count === this.#candidatesMax) return -1;
    if (!this.#accepts(id)) {
      this.refuse(id);
      return -1;
    }
    const candidate = this.#count++;
    this.#candidateOf[id] = candidate + 1;
    this.#ids[candidate] = id;
    this.#factors[candidate] = 1;
    this.#brought[candidate] = 0;
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
    for (let rest = this.#brought[candidate] as number; rest !== 0; rest &= rest - 1) {
      const source = 31 - Math.clz32(rest & -rest);
      const score = this.#scores[candidate * this.#sources + source] as number;
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
