// A log whose values carry ids of a schema registry, as the log that the rest of the program knows: with versions in front. Only here
// is a registry waited for: processors, codecs and stores never see an id.
import type { Clock } from '../clock.ts';
import { DependencyUnavailable } from '../errors.ts';
import type {
  FetchedBatch,
  GroupListener,
  GroupMember,
  GroupOptions,
  Log,
  NewRecord,
  Partition,
  Reader,
  TopicOffset,
  TopicPartition,
  Transaction,
  Transactor,
} from '../log/log.ts';
import { placeKey } from '../log/place-key.ts';
import type { Translation } from './translation.ts';

export interface TranslatedLogOptions {
  readonly clock: Clock;
  /** Told once when records begin to wait for the registry, with the reason, and with '' when they no longer do. */
  readonly onProblem?: (problem: string) => void;
}

/** First and longest pause before the registry is asked again. */
const BACKOFF_MS = 100;
const BACKOFF_MS_MAX = 5_000;

export class TranslatedLog implements Log {
  readonly #log: Log;
  readonly #translation: Translation;
  readonly #options: TranslatedLogOptions;
  /** By partition that waits: why. */
  readonly #problems = new Map<string, string>();

  constructor(log: Log, translation: Translation, options: TranslatedLogOptions) {
    this.#log = log;
    this.#translation = translation;
    this.#options = options;
  }

  /** Empty, or why records wait. */
  get problem(): string {
    return this.#problems.values().next().value ?? '';
  }

  get clusterId(): string {
    return this.#log.clusterId;
  }

  ensureTopics: Log['ensureTopics'] = (specs) => this.#log.ensureTopics(specs);
  describeTopic: Log['describeTopic'] = (topic) => this.#log.describeTopic(topic);
  writtenEnds: Log['writtenEnds'] = (partitions) => this.#log.writtenEnds(partitions);
  offsets: Log['offsets'] = (partition) => this.#log.offsets(partition);
  committedOffsets: Log['committedOffsets'] = (group) => this.#log.committedOffsets(group);
  close: Log['close'] = () => this.#log.close();

  async append(records: readonly NewRecord[], options?: { durability?: 'disk' | 'memory' }): Promise<TopicOffset[]> {
    return this.#log.append(this.#toLog(records), options);
  }

  async openTransactor(transactionalId: string, topics?: readonly string[]): Promise<Transactor> {
    const transactor = await this.#log.openTransactor(transactionalId, topics);
    return {
      commit: async (transaction: Transaction) => {
        const { records, member } = transaction;
        const theirs = member instanceof TranslatedMember ? { member: member.inner } : {};
        return transactor.commit({ ...transaction, records: this.#toLog(records), ...theirs });
      },
      close: () => transactor.close(),
    };
  }

  openReader(from: readonly TopicOffset[]): Reader {
    const reader = this.#log.openReader(from);
    let waiting: readonly FetchedBatch[] = [];
    return {
      /** What was read and could not be translated is kept: the next call tries again. */
      read: async (waitMs) => {
        if (waiting.length === 0) waiting = await reader.read(waitMs);
        const translated = await Promise.all(waiting.map((batch) => this.#translated(batch)));
        waiting = [];
        return translated;
      },
      close: () => reader.close(),
    };
  }

  async joinGroup(options: GroupOptions): Promise<GroupMember> {
    const member = new TranslatedMember(options.listener, this.#translation, this.#options.clock, (key, problem) =>
      this.#report(key, problem),
    );
    member.inner = await this.#log.joinGroup({ ...options, listener: member });
    return member;
  }

  #toLog(records: readonly NewRecord[]): NewRecord[] {
    return records.map((record) => this.#translation.toLog(record));
  }

  async #translated(batch: FetchedBatch): Promise<FetchedBatch> {
    const { records } = batch;
    return {
      ...batch,
      records: this.#translation.translateNow(records) ?? (await this.#translation.translate(records)),
    };
  }

  #report(key: string, problem: string): void {
    const before = this.problem;
    if (problem === '') this.#problems.delete(key);
    else this.#problems.set(key, problem);
    if (this.problem !== before) this.#options.onProblem?.(this.problem);
  }
}

/** A partition whose records wait for the registry. */
interface Held {
  /** In order; the first is being looked up. */
  readonly batches: FetchedBatch[];
  readonly ended: AbortController;
}

/** Between a driver's member and its owner: each is the other's listener, as they expect it. */
class TranslatedMember implements GroupMember, GroupListener {
  /** Set before the first record: nothing is delivered before `seek`, for which the owner needs this member. */
  inner!: GroupMember;
  readonly #listener: GroupListener;
  readonly #translation: Translation;
  readonly #clock: Clock;
  readonly #report: (key: string, problem: string) => void;
  readonly #held = new Map<string, Held>();
  /** Partitions of which the owner wants no records either. */
  readonly #paused = new Set<string>();

  constructor(
    listener: GroupListener,
    translation: Translation,
    clock: Clock,
    report: (key: string, problem: string) => void,
  ) {
    this.#listener = listener;
    this.#translation = translation;
    this.#clock = clock;
    this.#report = report;
  }

  get group(): string {
    return this.inner.group;
  }

  get memberId(): string {
    return this.inner.memberId;
  }

  seek(position: TopicOffset): void {
    this.#drop(placeKey(position));
    this.#paused.delete(placeKey(position));
    this.inner.seek(position);
  }

  pause(partition: TopicPartition): void {
    this.#paused.add(placeKey(partition));
    this.inner.pause(partition);
  }

  resume(partition: TopicPartition): void {
    this.#paused.delete(placeKey(partition));
    if (!this.#held.has(placeKey(partition))) this.inner.resume(partition);
  }

  rejoin(): Promise<void> {
    this.#dropAll();
    return this.inner.rejoin();
  }

  leave(): Promise<void> {
    this.#dropAll();
    return this.inner.leave();
  }

  assigned(partitions: readonly Partition[]): void {
    this.#dropWhere((partition) => !partitions.includes(partition));
    this.#listener.assigned(partitions);
  }

  revoking(partitions: readonly Partition[]): Promise<void> {
    this.#dropWhere((partition) => partitions.includes(partition));
    return this.#listener.revoking(partitions);
  }

  lost(): void {
    this.#dropAll();
    this.#listener.lost();
  }

  records(batch: FetchedBatch): void {
    const held = this.#held.get(placeKey(batch));
    if (held !== undefined) {
      held.batches.push(batch); // at most one: it was on its way when the partition was paused
      return;
    }
    const translated = this.#translation.translateNow(batch.records);
    if (translated !== undefined) this.#listener.records({ ...batch, records: translated });
    else void this.#hold(batch);
  }

  async #hold(first: FetchedBatch): Promise<void> {
    const key = placeKey(first);
    const held: Held = { batches: [first], ended: new AbortController() };
    this.#held.set(key, held);
    this.inner.pause(first);
    for (let batch = held.batches[0]; batch !== undefined; batch = held.batches[0]) {
      const records = await this.#translated(key, batch, held.ended.signal);
      if (held.ended.signal.aborted) return;
      this.#listener.records({ ...batch, records });
      held.batches.shift();
    }
    // The owner may have sought elsewhere while it was given the last.
    if (held.ended.signal.aborted) return;
    this.#held.delete(key);
    if (!this.#paused.has(key)) this.inner.resume(first);
  }

  /** Until the registry answers, or the records are no longer wanted. */
  async #translated(key: string, { records }: FetchedBatch, ended: AbortSignal): Promise<FetchedBatch['records']> {
    for (let backoffMs = BACKOFF_MS; !ended.aborted; backoffMs = Math.min(backoffMs * 2, BACKOFF_MS_MAX)) {
      try {
        const translated = await this.#translation.translate(records);
        this.#report(key, '');
        return translated;
      } catch (error) {
        if (ended.aborted) break;
        this.#report(key, error instanceof DependencyUnavailable ? error.message : String(error));
        await this.#clock.sleep(backoffMs, ended);
      }
    }
    return [];
  }

  #drop(key: string): void {
    this.#held.get(key)?.ended.abort();
    this.#held.delete(key);
    this.#report(key, '');
  }

  #dropAll(): void {
    this.#dropWhere(() => true);
  }

  #dropWhere(isMeant: (partition: Partition) => boolean): void {
    for (const [key, { batches }] of this.#held)
      if (batches.some(({ partition }) => isMeant(partition))) this.#drop(key);
  }
}
