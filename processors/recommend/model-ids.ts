// The catalogue's ids of a trained model's items, found once: a list has hundreds of candidates, and finding one by its name takes a third
// of a microsecond.
import type { BatchModel } from '../../models/batch-model.ts';
import type { ItemIndex } from '../../models/item-index.ts';

const NOT_ASKED = -2;
const UNKNOWN = -1;

/** A memory only: what it answers is always what the catalogue would. */
export class ModelIds {
  #model: BatchModel | undefined;
  #items: ItemIndex | undefined;
  #generation = NOT_ASKED;
  /** By the model's number. */
  #ids = new Int32Array(0);
  #versions = new Int32Array(0);

  /** Between which two it translates. */
  follow(model: BatchModel, items: ItemIndex): void {
    if (model !== this.#model || items !== this.#items) {
      this.#model = model;
      this.#items = items;
      this.#ids = new Int32Array(model.items).fill(NOT_ASKED);
      this.#versions = new Int32Array(model.items);
    }
    this.#generation = items.generation;
  }

  /** The catalogue id of the model's item, or −1. */
  inCatalogue(number: number): number {
    const items = this.#items as ItemIndex;
    const known = this.#ids[number] as number;
    const version = this.#versions[number] as number;
    if (known >= 0 && version === items.versionOf(known)) return known;
    if (known === UNKNOWN && version === this.#generation) return known;
    const id = items.idOf((this.#model as BatchModel).idOf(number));
    this.#ids[number] = id;
    this.#versions[number] = id === UNKNOWN ? this.#generation : items.versionOf(id);
    return id;
  }
}
