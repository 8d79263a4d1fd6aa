// Catalogue ids found before. Finding an item by its name takes a third of a microsecond, and a list has hundreds of candidates.
import type { ItemIndex } from '../../models/item-index.ts';
import type { SessionIndex } from '../../models/session-index.ts';
import type { SessionMatches } from '../../models/session-votes.ts';
import type { ListedItem } from '../../schemas/types.ts';

interface ListIds {
  readonly items: ItemIndex;
  readonly generation: number;
  readonly ids: Int32Array;
}

const UNKNOWN = -1;

/** A memory only: what it answers is always what the catalogue would. */
export class KnownIds {
  readonly #ofList = new WeakMap<readonly ListedItem[], ListIds>();
  #sessions: SessionIndex | undefined;
  #items: ItemIndex | undefined;

  // By the session index's number of an item: its catalogue id, and under which versions of both that was found.
  #id = new Int32Array(0);
  #sessionsVersion = new Int32Array(0);
  #itemsVersion = new Int32Array(0);

  /** Between which two it translates. */
  follow(sessions: SessionIndex, items: ItemIndex): void {
    if (sessions === this.#sessions && items === this.#items) return;
    this.#sessions = sessions;
    this.#items = items;
    this.#id.fill(UNKNOWN);
  }

  /** The catalogue id of a matched item, or −1. */
  inCatalogue(matches: SessionMatches, rank: number): number {
    const sessions = this.#sessions as SessionIndex;
    const items = this.#items as ItemIndex;
    const number = matches.ids[rank] as number;
    if (number >= this.#id.length) this.#grow(number);
    const known = this.#id[number] as number;
    const version = sessions.versionOf(number);
    if (
      known !== UNKNOWN &&
      this.#sessionsVersion[number] === version &&
      this.#itemsVersion[number] === items.versionOf(known)
    ) {
      return known;
    }
    const id = items.idOf(matches.itemIds[rank] as string);
    this.#id[number] = id;
    this.#sessionsVersion[number] = version;
    this.#itemsVersion[number] = id === UNKNOWN ? 0 : items.versionOf(id);
    return id;
  }

  /** The catalogue ids of a list's items that the catalogue knows, in the list's order. */
  ofList(list: readonly ListedItem[], items: ItemIndex): Int32Array {
    const known = this.#ofList.get(list);
    if (known !== undefined && known.items === items && known.generation === items.generation) return known.ids;
    const ids = Int32Array.from(list, ({ item_id }) => items.idOf(item_id)).filter((id) => id !== UNKNOWN);
    this.#ofList.set(list, { items, generation: items.generation, ids });
    return ids;
  }

  #grow(number: number): void {
    const length = Math.max(1024, 2 * (number + 1));
    const [id, sessionsVersion, itemsVersion] = [this.#id, this.#sessionsVersion, this.#itemsVersion];
    this.#id = new Int32Array(length).fill(UNKNOWN);
    this.#id.set(id);
    this.#sessionsVersion = new Int32Array(length);
    this.#sessionsVersion.set(sessionsVersion);
    this.#itemsVersion = new Int32Array(length);
    this.#itemsVersion.set(itemsVersion);
  }
}
