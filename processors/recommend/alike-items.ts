// Which items are described like one, asked once: it takes some ten microseconds, and customers look at the same items.
import type { BatchModel } from '../../models/batch-model.ts';
import type { ContentIndex } from '../../models/content-index.ts';

const ALIKE_MAX = 12;
const REMEMBERED_MAX = 20_000;

interface Alike {
  readonly itemId: string;
  readonly score: number;
}

/** A memory only: what it answers is always what the index would. */
export class AlikeItems {
  readonly #known = new Map<string, readonly Alike[]>();
  #content: ContentIndex | undefined;
  #model: BatchModel | null = null;
  #version = -1;

  /** By which descriptions; of items that the model knows it has its own. */
  follow(content: ContentIndex, model: BatchModel | null): void {
    if (content === this.#content && model === this.#model && content.version === this.#version) return;
    this.#known.clear();
    this.#content = content;
    this.#model = model;
    this.#version = content.version;
  }

  /** Those like the item that the model does not know, best first; without a model, or if it does not know the item itself, all. */
  of(itemId: string): readonly Alike[] {
    const known = this.#known.get(itemId);
    if (known !== undefined) return known;
    const model = this.#model;
    const isNew = (other: string) => model?.numberOf(other) === -1;
    const knowsItem = model !== null && model.numberOf(itemId) >= 0;
    const alike = (this.#content as ContentIndex).alike(itemId, ALIKE_MAX, knowsItem ? isNew : undefined);
    if (this.#known.size === REMEMBERED_MAX) this.#known.clear();
    this.#known.set(itemId, alike);
    return alike;
  }
}
