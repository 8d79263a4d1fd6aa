// A process for tests to kill: copies a topic into another one, partition by partition, each batch in a transaction with the offsets it
// consumed, and resumes where those say. `node copy-process.ts '{"brokers": […], …}'`; runs until it is killed.
import { setTimeout as sleep } from 'node:timers/promises';
import { isStreamsError } from '../../../errors.ts';
import type { FetchedBatch, GroupMember, Log, LogRecord, Offset, Partition, Transactor } from '../../log.ts';
import { openKafkaLog } from '../open.ts';
import type { KafkaSettings } from '../settings.ts';

export interface CopyOptions {
  readonly settings: KafkaSettings;
  readonly from: string;
  readonly to: string;
  readonly group: string;
  readonly memberId: string;
}

const BATCH_RECORDS = 50;
const IDLE_MS = 2;
const RETRY_MS = 50;

class Copy {
  readonly #log: Log;
  readonly #options: CopyOptions;
  readonly #partition: Partition;
  readonly #member: () => GroupMember;
  #queue: LogRecord[] = [];
  #isOver = false;
  readonly ended: Promise<void>;

  constructor(log: Log, options: CopyOptions, partition: Partition, member: () => GroupMember) {
    this.#log = log;
    this.#options = options;
    this.#partition = partition;
    this.#member = member;
    this.ended = this.#live();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  take({ records }: FetchedBatch): void {
    this.#queue.push(...records);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.ended;
  }

  /** Fence, position, seek, then batch after batch; after anything that went wrong, again from the start. */
  async #live(): Promise<void> {
    while (!this.#isOver) {
      try {
        const transactor = await this.#log.openTransactor(`${this.#options.group}.${this.#partition}`);
        await this.#copyOn(transactor, await this.#position());
      } catch (error) {
        if (!isStreamsError(error)) throw error;
        process.stdout.write(`${error.kind}\n`);
        if (error.kind === 'TaskFenced' && !this.#isOver) {
          this.#isOver = true;
          void this.#member().rejoin();
        }
        await sleep(RETRY_MS);
      }
    }
  }

  async #position(): Promise<Offset> {
    const { group, from } = this.#options;
    const offsets = await this.#log.committedOffsets(group);
    return offsets.find(({ topic, partition }) => topic === from && partition === this.#partition)?.offset ?? 0;
  }

  async #copyOn(transactor: Transactor, start: Offset): Promise<void> {
    const { from, to } = this.#options;
    const place = { topic: from, partition: this.#partition };
    this.#queue = [];
    this.#member().seek({ ...place, offset: start });
    while (!this.#isOver) {
      const batch = this.#queue.splice(0, BATCH_RECORDS);
      const last = batch.at(-1);
      if (last === undefined) await sleep(IDLE_MS);
      else
        await transactor.commit({
          records: batch.map(({ key, value, timestampMs, partition }) => ({
            topic: to,
            partition,
            key,
            value,
            timestampMs,
          })),
          consumed: [{ ...place, offset: last.offset + 1 }],
          member: this.#member(),
        });
    }
  }
}

async function run(options: CopyOptions): Promise<void> {
  const log = await openKafkaLog(options.settings);
  const copies = new Map<Partition, Copy>();
  let member: GroupMember | undefined;
  const theMember = () => member as GroupMember;
  const end = async (partitions: readonly Partition[]) => {
    const ending = partitions.map(async (partition) => copies.get(partition)?.stop());
    for (const partition of partitions) copies.delete(partition);
    await Promise.all(ending);
  };
  member = await log.joinGroup({
    group: options.group,
    memberId: options.memberId,
    topics: [options.from],
    listener: {
      assigned: (partitions) => {
        void end([...copies.keys()].filter((partition) => !partitions.includes(partition)));
        for (const partition of partitions) {
          const copy = copies.get(partition);
          if (copy === undefined || copy.isOver) copies.set(partition, new Copy(log, options, partition, theMember));
        }
      },
      revoking: end,
      lost: () => void end([...copies.keys()]),
      records: (batch) => copies.get(batch.partition)?.take(batch),
    },
  });
}

await run(JSON.parse(process.argv[2] ?? '{}') as CopyOptions);
