// Keeps a reserve of the disk free for processing what was accepted: new input is refused before the disk is really full.
import type { Clock } from '../../clock.ts';
import { DependencyUnavailable } from '../../errors.ts';
import type { Disk } from './disk.ts';
import type { LogLimits } from './limits.ts';

export class FreeSpace {
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #limits: LogLimits;
  #lookedMs = -Infinity;
  #isScarce = false;

  constructor(disk: Disk, clock: Clock, limits: LogLimits) {
    this.#disk = disk;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** @throws DependencyUnavailable when only the reserve is left. */
  check(): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#lookedMs >= this.#limits.freeCheckMs) {
      this.#lookedMs = nowMs;
      this.#isScarce = this.#disk.freeBytes() < this.#limits.freeBytesReserve;
    }
    if (!this.#isScarce) return;
    const reserveMiB = Math.round(this.#limits.freeBytesReserve / 2 ** 20);
    throw new DependencyUnavailable(
      'disk',
      `The disk of ${this.#disk.name} has less than ${reserveMiB} MiB free: nothing new is accepted.`,
    );
  }
}
