// How far a crowd of newcomers is believed. Many new accounts that want one thing may be a fashion, or somebody who pushes it: a fashion moves
// the shop's other customers too. So newcomers count in full up to a multiple of what others do, and beyond it only with the logarithm.
import { EMPTY_HEAT } from './decay.ts';

/** Newcomers bring that much for each part of the others', and more only as a crowd that is doubted. */
const NEWCOMERS_PER_OTHER = 3;
/** What others are taken to have brought at least: what is new itself has only newcomers. */
const OTHERS_MIN = 5;

/** Of all sessions of an item: less than that is none, so that sums of many shares need not be exact. */
const SHARE_MIN = 1e-6;

/** Up to how much newcomers are believed in full. */
export function believedInFull(others: number): number {
  return NEWCOMERS_PER_OTHER * Math.max(others, OTHERS_MIN);
}

/** What counts of so many newcomers. */
export function believedOf(newcomers: number, full: number): number {
  return newcomers > full ? full * (1 + Math.log(newcomers / full)) : newcomers;
}

/**
 * Whose sessions an item has, item by item, and with which probability one more of a newcomer's is learnt from, so that what is learnt grows as
 * `believedOf` does. Where newcomers have more than half of the sessions of most items, they are believed by as much more: where everybody is
 * new, nobody is doubted. Each item counts alike in that, so that a crowd at one of them does not change it.
 *
 * All heats are of one half-life.
 */
export class NewcomerShares {
  /** By item. */
  #heats = new Float64Array(0);
  #shares = new Float64Array(0);
  #items = 0;
  /** Of all items together. */
  #share = 0;

  get bytes(): number {
    return this.#heats.byteLength + this.#shares.byteLength;
  }

  /** @param share of the sessions, from 0 to 1: what newcomers brought of them. */
  set(item: number, heat: number, share: number): void {
    if (item >= this.#heats.length) this.#grow(item);
    const [was, is] = [this.#heats[item] !== EMPTY_HEAT, heat !== EMPTY_HEAT];
    this.#items += Number(is) - Number(was);
    this.#share += (is ? share : 0) - (was ? (this.#shares[item] as number) : 0);
    this.#heats[item] = heat;
    this.#shares[item] = share;
  }

  /** @param heatOfNow that of one session now. @param item −1 for one that is not known. */
  admissionOf(item: number, heatOfNow: number): number {
    const share = item < 0 ? 0 : (this.#shares[item] ?? 0);
    if (share === 0 || this.#heats[item] === EMPTY_HEAT) return 1;
    const sessions = Math.exp((this.#heats[item] as number) - heatOfNow);
    const usual = Math.max(1, this.#share / Math.max(SHARE_MIN, this.#items - this.#share));
    return Math.min(1, (usual * believedInFull(sessions * (1 - share))) / (sessions * share));
  }

  #grow(item: number): void {
    const length = Math.max(1024, Math.ceil(1.5 * (item + 1)));
    const [heats, shares] = [new Float64Array(length).fill(EMPTY_HEAT), new Float64Array(length)];
    heats.set(this.#heats);
    shares.set(this.#shares);
    [this.#heats, this.#shares] = [heats, shares];
  }
}
