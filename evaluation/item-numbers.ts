// Items as small numbers in the order of their ids, so that the smaller of two numbers is the smaller id: protocols that break ties by id
// need nothing else.

export const UNKNOWN_ITEM = -1;

export class ItemNumbers {
  readonly ids: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;

  /** Whole numbers are ordered as numbers if all ids are, else all as text. */
  constructor(ids: Iterable<string>) {
    const distinct = [...new Set(ids)];
    const isNumeric = distinct.every((id) => /^-?\d{1,15}$/.test(id));
    this.ids = distinct.sort(isNumeric ? (a, b) => Number(a) - Number(b) || compareText(a, b) : compareText);
    this.#numbers = new Map(this.ids.map((id, number) => [id, number]));
  }

  get count(): number {
    return this.ids.length;
  }

  /** −1 for an id that is not among them. */
  numberOf(id: string): number {
    return this.#numbers.get(id) ?? UNKNOWN_ITEM;
  }
}

/** In the order of code units. */
export function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
