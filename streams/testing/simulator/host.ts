// A process of the simulated world: it can stand still for a while, or die at any await and never go on.

export class ProcessGone extends Error {}

export class Host {
  readonly name: string;
  #isDead = false;
  #isFrozen = false;
  #thawed: (() => void)[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  /** Every call to the outside passes here before it does something and before it answers. */
  async gate(): Promise<void> {
    // Checked again after waking: it may have been killed in its sleep.
    while (this.#isFrozen && !this.#isDead) await new Promise<void>((resolve) => this.#thawed.push(resolve));
    // A promise of its own: one shared by all would keep everything that ever waited for it.
    if (this.#isDead) await new Promise<never>(() => undefined);
  }

  /** `act`, behind the gate on both sides, whether it succeeds or fails. */
  async through<T>(act: () => Promise<T>): Promise<T> {
    await this.gate();
    try {
      return await act();
    } finally {
      await this.gate();
    }
  }

  freeze(): void {
    this.#isFrozen = true;
  }

  thaw(): void {
    this.#isFrozen = false;
    const waiting = this.#thawed;
    this.#thawed = [];
    for (const resolve of waiting) resolve();
  }

  /** The dead never thaw: what waited at the gate is left where it is. */
  kill(): void {
    this.#isDead = true;
    this.#thawed = [];
  }
}
