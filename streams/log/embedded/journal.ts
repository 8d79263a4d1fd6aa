// Where everything is written: commits go to the active tail one after the other; a full tail is sealed and waits for its flush.
import type { Clock } from '../../clock.ts';
import { DependencyUnavailable } from '../../errors.ts';
import type { Offset } from '../log.ts';
import type { Disk } from './disk.ts';
import { encodeFrame, type GroupPosition } from './frame-format.ts';
import { GroupCommit } from './group-commit.ts';
import type { GroupPositions } from './group-positions.ts';
import type { LogLimits } from './limits.ts';
import { numbered, type Plan, type PlannedPart } from './plan.ts';
import { Slabs } from './slabs.ts';
import { Tail } from './tail.ts';
import { WalFile } from './wal-file.ts';

export interface JournalParts {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly limits: LogLimits;
  readonly positions: GroupPositions;
  /** Oldest first. The last one is written to, the others are sealed. */
  readonly tails: readonly Tail[];
  readonly closing: AbortSignal;
}

interface Waiting {
  /** False while there is no room. */
  readonly attempt: () => boolean;
  readonly reject: (error: unknown) => void;
}

export class Journal {
  readonly groupCommit: GroupCommit;
  /** Called when a tail has been sealed. */
  onSealed: () => void = () => {};
  readonly #parts: JournalParts;
  readonly #slabs: Slabs;
  readonly #sealed: Tail[];
  #active: Tail;
  /** Writers in their order, while there is no room. */
  #waiting: Waiting[] = [];
  /** Why tails can't be flushed: then nobody waits for room. */
  #flushFailure: DependencyUnavailable | undefined;

  constructor(parts: JournalParts) {
    this.#parts = parts;
    this.#sealed = parts.tails.slice(0, -1);
    this.#active = parts.tails.at(-1) ?? missingTail();
    const { clock, limits, closing } = parts;
    this.#slabs = new Slabs(limits.tailBytes);
    this.groupCommit = new GroupCommit(clock, limits.syncWithinMs, this, closing);
  }

  /** The sequence the next commit gets. */
  get nextSequence(): number {
    return this.#active.nextSequence;
  }

  get sealed(): readonly Tail[] {
    return this.#sealed;
  }

  get tailBytes(): number {
    return this.#sealed.reduce((sum, { bytes }) => sum + bytes, this.#active.bytes);
  }

  /** When the oldest commit of the active tail was written. */
  get activeSinceMs(): number | undefined {
    return this.#active.firstWriteMs;
  }

  get walBytes(): number {
    return this.#sealed.reduce((sum, { wal }) => sum + wal.length, this.#active.wal.length);
  }

  walFiles(): WalFile[] {
    return [...this.#sealed.map(({ wal }) => wal), this.#active.wal];
  }

  /** Runs `write`, which calls `commit`, as soon as there is room for so many bytes: at once, or after those who wait already. */
  submit<Result>(bytes: number, write: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const attempt = () => {
        try {
          if (!this.#makeRoom(bytes)) return false;
          resolve(write());
        } catch (error) {
          reject(error);
        }
        return true;
      };
      if (this.#waiting.length > 0 || !attempt()) this.#wait({ attempt, reject });
    });
  }

  /**
   * Writes the plan as one commit. Its records are visible to readers when this returns.
   *
   * @throws DependencyUnavailable when it could not be written: then nothing of it is there.
   */
  commit(plan: Plan, positions: readonly GroupPosition[], options: { marker: boolean }): Map<PlannedPart, Offset> {
    if (this.groupCommit.failure !== undefined) throw this.groupCommit.failure;
    const nowMs = this.#parts.clock.nowMs();
    const parts = plan.parts.map((part) => numbered(part, options.marker));
    const header = { sequence: this.nextSequence, syncedBefore: this.groupCommit.syncedBefore, nowMs };
    const frame = encodeFrame(header, parts, positions, this.#slabs);
    this.#active.wal.append(frame.bytes);
    this.#parts.positions.apply(positions);
    const logs = plan.parts.map(({ log }) => log);
    this.#active.add(frame.bytes.length, frame.parts, logs, nowMs);
    return new Map(plan.parts.map((part, index) => [part, parts[index]?.first ?? 0]));
  }

  /** Begins a new write-ahead file, so that the former one can be flushed. @throws DependencyUnavailable */
  seal(): void {
    if (this.#active.isEmpty) return;
    const former = this.#active;
    const wal = WalFile.create(this.#parts.disk, former.wal.number + 1, former.nextSequence);
    former.positions = this.#parts.positions.all();
    former.slabs = this.#slabs.handOver();
    this.#sealed.push(former);
    this.#active = new Tail(wal);
    this.onSealed();
  }

  /** The oldest sealed tail stands in segments, and no partition reads from it any more: forgets it and lets waiting writers in. */
  dropOldest(): void {
    const flushed = this.#sealed.shift();
    if (flushed !== undefined) {
      this.groupCommit.noteDurable(flushed.nextSequence);
      this.#slabs.giveBack(flushed.slabs);
    }
    this.#flushFailure = undefined;
    this.#admit();
  }

  /** Refuses those who wait for room, and who would have to, until a flush succeeds. */
  failFlush(failure: DependencyUnavailable): void {
    this.#flushFailure = failure;
    this.#refuse(failure);
  }

  async close(): Promise<void> {
    this.#refuse(new DependencyUnavailable('log', 'The log was closed.'));
    try {
      await this.groupCommit.durable();
    } finally {
      for (const wal of this.walFiles()) await wal.close();
    }
  }

  /** @throws DependencyUnavailable when there is none because no new file could be made. */
  #makeRoom(bytes: number): boolean {
    const { tailBytes, sealedTailsMax } = this.#parts.limits;
    if (this.#active.isEmpty || this.#active.bytes + bytes <= tailBytes) return true;
    if (this.#sealed.length >= sealedTailsMax) return false;
    this.seal();
    return true;
  }

  #wait(waiting: Waiting): void {
    if (this.#flushFailure === undefined) this.#waiting.push(waiting);
    else waiting.reject(this.#flushFailure);
  }

  #admit(): void {
    while (this.#waiting[0]?.attempt() === true) this.#waiting.shift();
  }

  #refuse(failure: DependencyUnavailable): void {
    const refused = this.#waiting;
    this.#waiting = [];
    for (const { reject } of refused) reject(failure);
  }
}

function missingTail(): never {
  throw new Error('a journal needs a tail to write to');
}
