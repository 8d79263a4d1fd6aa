// What is popular, and the items that it names, kept in memory for the time when the serving store is away: a store on a server can be,
// one in this process can't, and for that nothing is kept.
import * as topics from '../schemas/topics.ts';
import type { ServingKey } from '../serving/serving-store.ts';
import type { GatewayDependencies } from './dependencies.ts';
import type { ReadableStore } from './serving-reads.ts';

/** Lists of the whole shop come first, then those that were asked for or belong to a category of an item that is kept. */
const listsMax = 200;
const itemsMax = 2_000;
const refreshEveryMs = 30_000;
/** While there is nothing to remember yet. */
const firstRefreshEveryMs = 1_000;
/** So that nobody else waits for long behind it. */
const readTogether = 200;

type Dependencies = Pick<GatewayDependencies, 'serving' | 'clock' | 'logger'>;

/** The store's stand-in: it answers rankings and items as they were, and nothing else. */
export class RememberedRankings implements ReadableStore {
  readonly #dependencies: Dependencies;
  readonly #closing = new AbortController();
  #lists: ReadonlyMap<string, Buffer> = new Map();
  #items: ReadonlyMap<string, Buffer> = new Map();
  readonly #wanted = new Set<string>(['trending', 'popular']);

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
  }

  /** Whether there is anything to answer from. */
  get isEmpty(): boolean {
    return this.#lists.size === 0;
  }

  /** Keeps up with the store until it is closed. */
  async follow(): Promise<void> {
    const { clock, logger } = this.#dependencies;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        if (!(await this.refresh())) return;
      } catch (error) {
        logger.debug({ err: error }, 'the rankings are kept as they were'); // the store is away: that is what they are for
      }
      await clock.sleep(this.isEmpty ? firstRefreshEveryMs : refreshEveryMs, signal);
    }
  }

  /** Answers false, without having read anything more, when the store is one that can't be away. */
  async refresh(): Promise<boolean> {
    const wanted = [...this.#wanted].slice(0, listsMax);
    const reading = this.#dependencies.serving.getMany(keysIn(topics.rankings.name, wanted));
    if (!(reading instanceof Promise)) return false;
    const lists = present(wanted, await reading);
    if (lists.size === 0) return true; // emptied just now, or not filled yet: what was popular before is better than nothing
    const ids = new Set<string>();
    for (const bytes of lists.values())
      for (const { item_id } of topics.rankings.codec.decode(bytes).items) if (ids.size < itemsMax) ids.add(item_id);
    const items = await this.#readItems([...ids]);
    this.#lists = lists;
    this.#items = items;
    for (const bytes of items.values())
      for (const name of topics.items.codec.decode(bytes).categories) this.#want(`popular:category:${name}`);
    return true;
  }

  get(collection: string, key: string): Buffer | null {
    if (collection === topics.items.name) return this.#items.get(key) ?? null;
    if (collection !== topics.rankings.name) return null;
    this.#want(key);
    return this.#lists.get(key) ?? null;
  }

  getMany(keys: readonly ServingKey[]): (Buffer | null)[] {
    return keys.map(({ collection, key }) => this.get(collection, key));
  }

  async waitForProgress(): Promise<boolean> {
    return false;
  }

  close(): void {
    this.#closing.abort('closed');
  }

  #want(list: string): void {
    if (this.#wanted.size < listsMax) this.#wanted.add(list);
  }

  async #readItems(ids: readonly string[]): Promise<Map<string, Buffer>> {
    const items = new Map<string, Buffer>();
    for (let at = 0; at < ids.length; at += readTogether) {
      const some = ids.slice(at, at + readTogether);
      const found = await this.#dependencies.serving.getMany(keysIn(topics.items.name, some));
      for (const [id, bytes] of present(some, found)) items.set(id, bytes);
    }
    return items;
  }
}

function keysIn(collection: string, keys: readonly string[]): ServingKey[] {
  return keys.map((key) => ({ collection, key }));
}

function present(keys: readonly string[], found: readonly (Buffer | null)[]): Map<string, Buffer> {
  return new Map(keys.flatMap((key, at): [string, Buffer][] => (found[at] ? [[key, found[at]]] : [])));
}
