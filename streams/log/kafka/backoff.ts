// Pauses between attempts, longer each time until one succeeds: brokers that come back are not stormed, and logs not flooded.
import { setTimeout as sleep } from 'node:timers/promises';

const firstMs = 100;
const longestMs = 2_000;

export class Backoff {
  #nextMs = firstMs;

  async pause(): Promise<void> {
    const ms = this.#nextMs;
    this.#nextMs = Math.min(2 * ms, longestMs);
    await sleep(ms);
  }

  succeeded(): void {
    this.#nextMs = firstMs;
  }
}
