// A serving store in memory, written to directly.
import type { ServingKey, StageOffset } from '../../serving/serving-store.ts';
import type { ReadableStore } from '../serving-reads.ts';

export class FakeServing implements ReadableStore {
  /** What reads fail with, until it is null again. */
  failure: Error | null = null;
  readonly #values = new Map<string, Buffer>();
  readonly #progress = new Map<string, number>();
  readonly #waiting = new Set<() => void>();

  put<V>(topic: { name: string; codec: { encode(value: V): Buffer } }, key: string, value: V): void {
    this.#values.set(`${topic.name}\0${key}`, topic.codec.encode(value));
  }

  remove(topic: { name: string }, key: string): void {
    this.#values.delete(`${topic.name}\0${key}`);
  }

  /** The record at `offset` is reflected from now on. */
  reflect(partition: number, offset: number, topic = 'interactions'): void {
    this.#progress.set(`freshet.${topic}.v1/${partition}`, offset + 1);
    for (const look of this.#waiting) look();
  }

  get(collection: string, key: string): Buffer | null {
    if (this.failure !== null) throw this.failure;
    return this.#values.get(`${collection}\0${key}`) ?? null;
  }

  getMany(keys: readonly ServingKey[]): (Buffer | null)[] {
    return keys.map(({ collection, key }) => this.get(collection, key));
  }

  waitForProgress({ topic, partition, offset }: StageOffset, timeoutMs: number): Promise<boolean> {
    const isReflected = () => (this.#progress.get(`${topic}/${partition}`) ?? 0) > offset;
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(isReflected());
      };
      const look = () => isReflected() && end();
      const timer = setTimeout(end, timeoutMs);
      this.#waiting.add(look);
      look();
    });
  }
}
