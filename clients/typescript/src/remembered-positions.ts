// Where the latest writes of a customer stand, so that the next read can wait for them. The customers who wrote last are remembered.

export class RememberedPositions {
  /** By customer, in the order of their writes, the latest offset of each partition. */
  readonly #offsets = new Map<string, Map<string, number>>();
  readonly #customersMax: number;

  constructor(customersMax: number) {
    this.#customersMax = customersMax;
  }

  /** `position` as an answer to a write has it: `3:17` or `customers/0:4,customers/3:9`. */
  remember(customerId: string, position: string | null): void {
    if (position === null || this.#customersMax === 0) return;
    const offsets = this.#offsets.get(customerId) ?? new Map<string, number>();
    for (const place of position.split(',')) {
      const end = place.lastIndexOf(':');
      const partition = place.slice(0, end);
      // Answers may overtake each other.
      offsets.set(partition, Math.max(Number(place.slice(end + 1)), offsets.get(partition) ?? 0));
    }
    this.#offsets.delete(customerId);
    this.#offsets.set(customerId, offsets);
    const [oldest] = this.#offsets.keys();
    if (this.#offsets.size > this.#customersMax && oldest !== undefined) this.#offsets.delete(oldest);
  }

  /** For `min_position`. */
  of(customerId: string): string | undefined {
    const offsets = this.#offsets.get(customerId);
    return offsets && [...offsets].map(([partition, offset]) => `${partition}:${offset}`).join(',');
  }
}
