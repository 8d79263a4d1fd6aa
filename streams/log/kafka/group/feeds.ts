// Where a member stands in each of its partitions, and whether it may get more from there.
import type { Offset, Partition, TopicOffset, TopicPartition } from '../../log.ts';
import { placeKey } from '../../place-key.ts';

export interface Feed {
  readonly topic: string;
  readonly partition: Partition;
  /** Undefined until the first seek: nothing is delivered before. */
  position: Offset | undefined;
  isPaused: boolean;
}

export class Feeds {
  readonly #topics: readonly string[];
  readonly #feeds = new Map<string, Feed>();
  #wake: () => void = () => {};

  constructor(topics: readonly string[]) {
    this.#topics = topics;
  }

  /** One is replaced by a new one when the partition comes again: what was fetched for the former one fits it no more. */
  open(partition: Partition): void {
    for (const topic of this.#topics)
      this.#feeds.set(placeKey({ topic, partition }), { topic, partition, position: undefined, isPaused: false });
  }

  close(partition: Partition): void {
    for (const topic of this.#topics) this.#feeds.delete(placeKey({ topic, partition }));
  }

  /** Replaces the feed, too. */
  seek({ topic, partition, offset }: TopicOffset): void {
    const key = placeKey({ topic, partition });
    if (this.#feeds.has(key)) this.#feeds.set(key, { topic, partition, position: offset, isPaused: false });
    this.#wake();
  }

  pause(partition: TopicPartition): void {
    const feed = this.#feeds.get(placeKey(partition));
    if (feed !== undefined) feed.isPaused = true;
  }

  resume(partition: TopicPartition): void {
    const feed = this.#feeds.get(placeKey(partition));
    if (feed !== undefined) feed.isPaused = false;
    this.#wake();
  }

  /** Those that may get something now. */
  active(): (Feed & { position: Offset })[] {
    return [...this.#feeds.values()].filter(
      (feed): feed is Feed & { position: Offset } => feed.position !== undefined && !feed.isPaused,
    );
  }

  /** Whether what was fetched for `feed` may still be delivered. */
  isCurrent(feed: Feed): boolean {
    return !feed.isPaused && this.#feeds.get(placeKey(feed)) === feed;
  }

  /** Resolves at the next seek or resume, or when told. */
  changed(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  wake(): void {
    this.#wake();
  }
}
