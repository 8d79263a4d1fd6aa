// Keeps a reserve of the disk free for processing what was accepted: new input is refused before the disk is really full.
import type { Clock } from '../../clock.ts';
import { DependencyUnavailable } from '../../errors.ts';
import type { Disk } from './disk.ts';
import type { LogLimits } from './limits.ts';

export interface DiskRoom {
  readonly freeBytes: number;
  /** Nothing new is accepted. */
  readonly isScarce: boolean;
}

export class FreeSpace {
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #limits: LogLimits;
  #lookedMs = -Infinity;
  #freeBytes = Infinity;

  constructor(disk: Disk, clock: Clock, limits: LogLimits) {
    this.#disk = disk;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** How much is free, and whether that is only the reserve. */
  look(): DiskRoom {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#lookedMs >= this.#limits.freeCheckMs) {
      this.#lookedMs = nowMs;
      this.#freeBytes = this.#disk.freeBytes();
    }
    return { freeBytes: this.#freeBytes, isScarce: this.#freeBytes < this.#limits.freeBytesReserve };
  }

  /** @throws DependencyUnavailable when only the reserve is left. */
  check(): void {
    if (!this.look().isScarce) return;
    const reserveMiB = Math.round(this.#limits.freeBytesReserve / 2 ** 20);
    throw new DependencyUnavailable(
      'disk',
      `The disk of ${this.#disk.name} has less than ${reserveMiB} MiB free: nothing new is accepted.`,
    );
  }
}
