// Background work: flushes tails as they fill, and now and then looks at ages, retention and compaction.
//
// Two lanes, in each of which one thing happens at a time. The first one writes to open segments (flushes, sealing), the second one
// replaces and removes finished ones (retention, compaction), so that a long compaction never holds up a flush.
import { DependencyUnavailable } from '../../errors.ts';
import { compact } from './compact.ts';
import { flushOldest } from './flush.ts';
import { defaultTombstoneRetentionMs } from './limits.ts';
import { removeExpired, sealOpen } from './retention.ts';
import type { Topic } from './topic.ts';
import type { UpkeepContext } from './upkeep-context.ts';
import { unwritable } from './wal-file.ts';

export class Upkeep {
  readonly #context: UpkeepContext;
  /** Told what background work could not do. It is tried again. */
  readonly #onProblem: (problem: Error) => void;
  readonly #openSegments = new Lane();
  readonly #finishedSegments = new Lane();
  #flushing = false;
  #compacting = false;

  constructor(context: UpkeepContext, onProblem: (problem: Error) => void) {
    this.#context = context;
    this.#onProblem = onProblem;
    context.journal.onSealed = () => this.#flushSoon();
  }

  start(): void {
    if (this.#context.journal.sealed.length > 0) this.#flushSoon();
    void this.#maintainNowAndThen();
  }

  /** Resolves once no flush or compaction that was due is left. */
  async settled(): Promise<void> {
    while (this.#flushing || this.#compacting) {
      await this.#openSegments.empty();
      await this.#finishedSegments.empty();
    }
  }

  /** Flushes, removes and compacts all that may be, however little there is to gain. */
  async tidy(): Promise<void> {
    this.#context.journal.seal();
    await this.#openSegments.run(() => this.#flushAll());
    await this.#openSegments.run(() => sealOpen(this.#context, 'all'));
    await this.#finishedSegments.run(() => this.#removeAndCompact(true));
  }

  /** Resolves once what runs has come to its end; nothing more is begun. */
  async close(): Promise<void> {
    await this.#openSegments.empty();
    await this.#finishedSegments.empty();
  }

  async #maintainNowAndThen(): Promise<void> {
    const { clock, limits } = this.#context;
    for (;;) {
      await clock.sleep(limits.maintainEveryMs, this.#context.closing);
      if (this.#context.closing.aborted) return;
      this.#sealIfAged();
      await this.#openSegments.run(() => this.#attempt(() => sealOpen(this.#context, 'aged')));
      this.#compactSoon();
    }
  }

  /** Quiet topics, too, come to be compacted: without this their last records would stay in the tail for ever. */
  #sealIfAged(): void {
    const { clock, limits, journal } = this.#context;
    const since = journal.activeSinceMs;
    if (since === undefined || since + limits.tailAgeMaxMs > clock.nowMs() || journal.sealed.length > 0) return;
    try {
      journal.seal();
    } catch (error) {
      this.#report(error);
    }
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    void this.#openSegments.run(async () => {
      await this.#flushWithRetries();
      this.#compactSoon();
    });
  }

  async #flushWithRetries(): Promise<void> {
    const { clock, limits, journal } = this.#context;
    while (journal.sealed.length > 0 && !this.#context.closing.aborted) {
      try {
        await flushOldest(this.#context);
      } catch (error) {
        journal.failFlush(unwritable(error));
        this.#report(error);
        await clock.sleep(limits.retryMs, this.#context.closing);
      }
    }
    // In the same breath as the look at what is sealed: what is sealed later must start a new run.
    this.#flushing = false;
  }

  async #flushAll(): Promise<void> {
    while (this.#context.journal.sealed.length > 0) await flushOldest(this.#context);
  }

  #compactSoon(): void {
    if (this.#compacting || this.#context.closing.aborted) return;
    this.#compacting = true;
    void this.#finishedSegments.run(async () => {
      await this.#attempt(() => this.#removeAndCompact(false));
      this.#compacting = false;
    });
  }

  async #removeAndCompact(force: boolean): Promise<void> {
    await removeExpired(this.#context);
    for (const topic of this.#context.topics.byNumber.values()) {
      if (topic.isCompacted) await this.#compactTopic(topic, force);
    }
  }

  async #compactTopic({ spec, partitions }: Topic, force: boolean): Promise<void> {
    const tombstoneRetentionMs = spec.tombstoneRetentionMs ?? defaultTombstoneRetentionMs;
    for (const log of partitions) {
      while (!this.#context.closing.aborted && (await compact(this.#context, log, { tombstoneRetentionMs, force })))
        continue;
    }
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    if (this.#context.closing.aborted) return;
    this.#onProblem(error instanceof Error ? error : new DependencyUnavailable('disk', String(error)));
  }
}

/** Runs one piece of work after the other. */
class Lane {
  #last: Promise<unknown> = Promise.resolve();

  run(work: () => Promise<void>): Promise<void> {
    const run = this.#last.then(work);
    this.#last = run.catch(() => undefined);
    return run;
  }

  async empty(): Promise<void> {
    await this.#last;
  }
}
