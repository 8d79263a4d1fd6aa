// Small integers for names (items, categories, brands) that are given back when nobody uses the name any more.

import { KeyTable } from './key-table.ts';

export class CountedNames {
  readonly #ids = new KeyTable();
  #count = 0;
  readonly #names: (string | undefined)[] = [];
  readonly #uses: number[] = [];
  readonly #free: number[] = [];
  /** By id: how often it has been given to a name. */
  readonly #versions: number[] = [];
  #generation = 0;

  /** One more than the largest id ever given. */
  get end(): number {
    return this.#names.length;
  }

  get count(): number {
    return this.#count;
  }

  /** Changes whenever a name comes or goes. */
  get generation(): number {
    return this.#generation;
  }

  /** Changes whenever the id comes to mean another name, and when it means none. */
  versionOf(id: number): number {
    return this.#versions[id] ?? 0;
  }

  /** The id of a name in use, or −1. */
  idOf(name: string): number {
    return this.#ids.find(name);
  }

  /** @throws RangeError for an id that is not in use: a bug of the caller. */
  nameOf(id: number): string {
    const name = this.#names[id];
    if (name === undefined) throw new RangeError(`no name has the id ${id}`);
    return name;
  }

  isUsed(id: number): boolean {
    return this.#names[id] !== undefined;
  }

  usesOf(id: number): number {
    return this.#uses[id] ?? 0;
  }

  /** One more use of the name; its id. */
  use(name: string): number {
    const known = this.#ids.find(name);
    if (known >= 0) {
      this.#uses[known] = this.usesOf(known) + 1;
      return known;
    }
    const id = this.#free.pop() ?? this.#names.length;
    this.#names[id] = name;
    this.#uses[id] = 1;
    this.#ids.insert(name, id);
    this.#count += 1;
    this.#change(id);
    return id;
  }

  /** One use less. True when that was the last: the id may then mean another name. */
  drop(id: number): boolean {
    const left = this.usesOf(id) - 1;
    this.#uses[id] = left;
    if (left > 0) return false;
    this.#ids.remove(id);
    this.#count -= 1;
    this.#names[id] = undefined;
    this.#free.push(id);
    this.#change(id);
    return true;
  }

  #change(id: number): void {
    this.#versions[id] = this.versionOf(id) + 1;
    this.#generation += 1;
  }
}
