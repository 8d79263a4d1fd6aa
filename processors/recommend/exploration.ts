// A few places of each list go to items of which too little is known: without being shown they would never become known.
import type { ItemIndex } from '../../models/item-index.ts';
import { drawByThompson } from '../../models/thompson.ts';

/** What somebody sees first is never given away. */
const FIRST_RANK = 3;
/** Items that are drawn from for one list: such as fit the customer, as far as there are, and any. */
const ARMS_MAX = 8;
const FITTING_MAX = 4;
/** Draws from all young items that may fail, as sold-out ones do. */
const DRAWS_MAX = 16;

export interface Explored {
  readonly id: number;
  readonly propensity: number;
}

export interface ExplorationSurroundings {
  readonly items: ItemIndex;
  readonly mayOffer: (id: number) => boolean;
  /** Of the places from the fourth on. */
  readonly share: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export class Exploration {
  readonly #surroundings: ExplorationSurroundings;
  readonly #arms: number[] = [];

  /** @param fitting candidates of the list, best first; not asked when there is nothing to explore. */
  constructor(surroundings: ExplorationSurroundings, fitting: () => Iterable<number>) {
    this.#surroundings = surroundings;
    if (surroundings.share > 0 && surroundings.items.young.count > 0) this.#collect(fitting());
  }

  /**
   * What to put in a place, or undefined when `usual` is to have it; and how probable that was, given what is up for trial. What would be
   * there anyhow is not tried there, or it would be more probable than is said.
   */
  at(rank: number, usual: number): { readonly explored?: Explored; readonly otherwise: number } {
    const { items, share, random } = this.#surroundings;
    const others = this.#arms.length - (this.#arms.includes(usual) ? 1 : 0);
    if (rank < FIRST_RANK || others === 0) return { otherwise: 1 };
    if (random() >= share) return { otherwise: 1 - share };
    const arms = this.#arms.filter((id) => id !== usual);
    const { chosen, probability } = drawByThompson(
      arms.map((id) => ({ successes: items.wishesOf(id), trials: items.looksOf(id) })),
      random,
    );
    return { explored: { id: arms[chosen] as number, propensity: share * probability }, otherwise: 1 - share };
  }

  /** What has a place in the list is tried no more. */
  listed(id: number): void {
    const place = this.#arms.indexOf(id);
    if (place >= 0) this.#arms.splice(place, 1);
  }

  #collect(fitting: Iterable<number>): void {
    const { items, mayOffer, random } = this.#surroundings;
    const { young } = items;
    for (const id of fitting) {
      if (this.#arms.length === FITTING_MAX) break;
      if (young.has(id) && mayOffer(id)) this.#arms.push(id);
    }
    for (let draw = 0; draw < DRAWS_MAX && this.#arms.length < Math.min(ARMS_MAX, young.count); draw += 1) {
      const id = young.at(Math.floor(random() * young.count));
      if (!this.#arms.includes(id) && mayOffer(id)) this.#arms.push(id);
    }
  }
}
