// Transactions of one transactional id, with as few round trips as the protocol allows.
//
// Where brokers give each transaction an epoch of its own (KIP-890), partitions and offsets join the transaction by being written to:
// write, end. Elsewhere: register, write, end. Either way the records of all partitions and the consumed offsets are written at once.
// After anything that went wrong the open transaction is aborted, and sequence numbers begin anew under another epoch.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  addOffsetsToTxnV3,
  addPartitionsToTxnV3,
  describeTransactionsV0,
  endTxnV3,
  initProducerIdV4,
  txnOffsetCommitV3,
  type API,
} from '@platformatic/kafka';
import { CommitUnclear, TaskFenced, TransactionAborted } from '../../../errors.ts';
import type { TopicOffset, TopicPartition } from '../../log.ts';
import {
  KafkaFailure,
  type ConsumedOffsets,
  type GroupMembership,
  type PlacedRecord,
  type TransactionalProducer,
} from '../client.ts';
import { toStreamsError } from '../errors.ts';
import { isCommittedAfter, isEnding, undecided } from '../last-transaction.ts';
import { placesOf } from '../places.ts';
import type { KafkaLimits } from '../settings.ts';
import { codesOf, failing, failureOf, isBusy, isMoved } from './broker-errors.ts';
import type { Cluster, Coordinated, Lane, Patience } from './cluster.ts';
import { instanceIdOf } from './group-connection.ts';
import { leftOpen } from './leftovers.ts';
import { commitOffsetsJoining, endTransactionRaisingEpoch, produce, produceJoining } from './requests.ts';
import { SequencedWriter } from './sequenced-writer.ts';

export interface TransactionContext {
  readonly cluster: Cluster;
  /** Shared by some producers: each waits for answers on it, none for long. */
  readonly lane: Lane;
  readonly limits: KafkaLimits;
}

/** The former transaction has to end first: it may have been left open by somebody who died. */
const OPEN_WITHIN_MS = 60_000;
/** A commit is answered when it is decided; its markers are written then, and before that the next transaction can't begin. */
const FORMER_PAUSE_MS = 1;
const FORMER_PAUSE_MS_MAX = 16;
/** Whoever asks earlier has to ask again. */
const MARKERS_TAKE_MS = 2;
const NEWS_WITHIN_MS = 1_000;
const NEWS_PAUSE_MS = 5;

/** Fences the former owner: resolves once its transaction has ended, with markers written, in all of `places` in which it has left any. */
export async function openTransactionalProducer(
  id: string,
  places: readonly TopicPartition[],
  context: TransactionContext,
): Promise<TransactionalProducer> {
  const { cluster, lane, limits } = context;
  const who = { kind: 'transaction', key: id, lane, untilMs: performance.now() + OPEN_WITHIN_MS } as const;
  return failing(`Opening the transactional id ${id}`, async () => {
    // Once the id is opened nobody knows any more how the last transaction ended. So all who will be asked then must be there before.
    const former = cluster.hasTransactionEpochs ? await lastTransaction(id, who, context) : undefined;
    const isOver = () => performance.now() >= who.untilMs;
    if (former !== undefined) await leftOpen(former.producerId, places, { cluster, lane, isOver });
    const opened = await cluster.askCoordinator(who, initProducerIdV4.api, id, limits.transactionTimeoutMs, -1n, -1);
    const producer = new ThinTransactionalProducer(id, context);
    producer.begin(opened);
    await producer.decideLeftovers(places, isCommittedAfter(former?.transactionState));
    return producer;
  });
}

async function lastTransaction(id: string, who: Coordinated, { cluster }: TransactionContext) {
  try {
    const { transactionStates } = await cluster.askCoordinator(who, describeTransactionsV0.api, [id]);
    return transactionStates[0];
  } catch (error) {
    if (codesOf(error).includes('TRANSACTIONAL_ID_NOT_FOUND')) return undefined;
    throw error;
  }
}

class ThinTransactionalProducer implements TransactionalProducer {
  readonly #id: string;
  readonly #context: TransactionContext;
  readonly #writer: SequencedWriter;
  /** Something may be open of a transaction that failed. */
  #isUnsettled = false;
  /** Of the transaction that is open, or failed, or was committed and may have been forgotten there. */
  #places: readonly TopicPartition[] = [];
  /** Begun right after a commit, as there is other work to do before the next one. */
  #lookingBack: Promise<boolean> | undefined;
  /** What the looking back finds is for the next owner to see to. */
  #isClosed = false;

  constructor(id: string, context: TransactionContext) {
    this.#id = id;
    this.#context = context;
    const api = context.cluster.hasTransactionEpochs ? produceJoining : produce;
    this.#writer = new SequencedWriter({ ...context, api, transactionalId: id });
  }

  begin({ producerId, producerEpoch }: { producerId: bigint; producerEpoch: number }): void {
    this.#writer.begin({ id: producerId, epoch: producerEpoch });
  }

  /** Ends what brokers have left open in `places` the way the last transaction ended: `isCommitted`, unless nobody knows. */
  async decideLeftovers(
    places: readonly TopicPartition[],
    isCommitted: boolean | undefined,
    withinMs = OPEN_WITHIN_MS,
  ): Promise<void> {
    const { cluster, lane } = this.#context;
    if (!cluster.hasTransactionEpochs) return;
    const untilMs = performance.now() + withinMs;
    const isOver = () => this.#isClosed || performance.now() >= untilMs;
    for (let attempt = 0; ; attempt += 1) {
      await this.#markersWritten(isOver);
      if (places.length === 0) return;
      const left = await leftOpen(this.#writer.producer.id, places, { cluster, lane, isOver });
      if (left.length === 0) return;
      if (isCommitted === undefined || (attempt > 0 && isOver())) throw undecided(this.#id, left);
      await this.#addToTransaction(left);
      await this.#end(isCommitted, {});
    }
  }

  async commit(records: readonly PlacedRecord[], consumed?: ConsumedOffsets): Promise<TopicOffset[]> {
    if (this.#isUnsettled) await this.#settle();
    else await this.#formerDecided();
    this.#isUnsettled = true;
    this.#places = placesOf(records);
    const written = await this.#write(records, consumed);
    const { id } = this.#writer.producer; // the next transaction may have another one: epochs run out
    await this.#commitWritten();
    this.#isUnsettled = false;
    this.#lookingBack = this.#lookBackSoon(id).then(isTrue, isFalse);
    return written;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  /**
   * Brokers may have forgotten to decide the former transaction somewhere (`leftovers.ts`): this one would decide it there, and take back
   * what was committed when it is aborted. And a broker that is written to before it has decided makes us wait for 20 ms, unless set
   * otherwise. To ask first costs less.
   */
  async #formerDecided(): Promise<void> {
    const isDecided = (await this.#lookingBack) ?? true;
    try {
      if (!isDecided) await this.#lookBack();
    } catch (error) {
      throw (
        this.#ended(error) ?? toStreamsError(failureOf(error, `Asking about the former transaction of ${this.#id}`))
      );
    }
    this.#lookingBack = undefined;
    this.#places = [];
  }

  /**
   * Asks once whether the former transaction is open anywhere. All of it was written before it was committed, so where it is not open it is
   * decided; what is open may just not be decided yet, and is asked for again in order.
   */
  async #lookBackSoon(producerId: bigint): Promise<void> {
    const { cluster, lane } = this.#context;
    if (!cluster.hasTransactionEpochs) return;
    await sleep(MARKERS_TAKE_MS);
    const isOver = () => true;
    const left = await leftOpen(producerId, this.#places, { cluster, lane, isOver });
    if (left.length > 0) await this.#lookBack();
  }

  #lookBack(): Promise<void> {
    return this.decideLeftovers(this.#places, true, this.#context.limits.retryMs);
  }

  async #markersWritten(isOver: () => boolean): Promise<void> {
    for (let pauseMs = FORMER_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, FORMER_PAUSE_MS_MAX)) {
      const { transactionStates } = await this.#ask({}, describeTransactionsV0.api, [this.#id]);
      if (transactionStates.every(({ transactionState }) => !isEnding(transactionState))) return;
      if (isOver())
        throw new KafkaFailure('CONCURRENT_TRANSACTIONS', `The former transaction of ${this.#id} does not end.`);
      await sleep(pauseMs);
    }
  }

  async #write(records: readonly PlacedRecord[], consumed: ConsumedOffsets | undefined): Promise<TopicOffset[]> {
    try {
      if (!this.#context.cluster.hasTransactionEpochs) await this.#register(records, consumed);
      return await both(
        this.#writer.writeAll(records),
        consumed === undefined ? undefined : this.#commitOffsets(consumed),
      );
    } catch (error) {
      throw await this.#aborted(error);
    }
  }

  /** One connection answers in order, so that both requests can be on their way at once. */
  async #register(records: readonly PlacedRecord[], consumed: ConsumedOffsets | undefined): Promise<void> {
    const { id, epoch } = this.#writer.producer;
    await both(
      records.length === 0 ? undefined : this.#addToTransaction(records),
      consumed === undefined ? undefined : this.#ask({}, addOffsetsToTxnV3.api, this.#id, id, epoch, consumed.group),
    );
  }

  async #addToTransaction(places: readonly TopicPartition[]): Promise<void> {
    const { id, epoch } = this.#writer.producer;
    const topics = [...Map.groupBy(places, ({ topic }) => topic)].map(([name, ofTopic]) => ({
      name,
      partitions: [...new Set(ofTopic.map(({ partition }) => partition))],
    }));
    const transaction = { transactionalId: this.#id, producerId: id, producerEpoch: epoch, topics, verifyOnly: false };
    await this.#ask({}, addPartitionsToTxnV3.api, [transaction]);
  }

  async #commitOffsets({ group, offsets, membership }: ConsumedOffsets): Promise<void> {
    const { cluster, lane } = this.#context;
    const { id, epoch } = this.#writer.producer;
    const api = cluster.hasTransactionEpochs ? commitOffsetsJoining : txnOffsetCommitV3.api;
    const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([name, positions]) => ({
      name,
      partitions: positions.map(({ partition, offset }) => ({
        partitionIndex: partition,
        committedOffset: BigInt(offset),
        committedLeaderEpoch: -1,
        committedMetadata: null,
      })),
    }));
    const who = { kind: 'group', key: group, lane, busyPauseMs: FORMER_PAUSE_MS } as const;
    for (;;) {
      const { generation, memberId, instanceId } = membership();
      const name = instanceIdOf(instanceId);
      try {
        await cluster.askCoordinator(who, api, this.#id, group, id, epoch, generation, memberId, name, topics);
        return;
      } catch (error) {
        const isLate = codesOf(error).includes('ILLEGAL_GENERATION') && (await isRaised(membership, generation));
        if (!isLate) throw error;
      }
    }
  }

  /** The one request that must not be sent again when its answer is lost: to an older broker a late copy could end the next transaction. */
  async #commitWritten(): Promise<void> {
    try {
      await this.#end(true, { isFinal: (error) => !isBusy(error) });
    } catch (error) {
      if (isUndone(error)) throw await this.#aborted(error);
      const said = failureOf(error, 'no answer').message;
      throw new CommitUnclear(`A commit of ${this.#id} may have happened or not: ${said}`, { cause: error });
    }
  }

  async #end(isCommit: boolean, patience: Patience): Promise<void> {
    const { id, epoch } = this.#writer.producer;
    if (!this.#context.cluster.hasTransactionEpochs) {
      await this.#ask(patience, endTxnV3.api, this.#id, id, epoch, isCommit);
      return;
    }
    this.begin(await this.#ask(patience, endTransactionRaisingEpoch, this.#id, id, epoch, isCommit));
  }

  /** Ends what is open of a transaction whose commit was not asked for, and answers what to tell of it. */
  async #aborted(failure: unknown): Promise<Error> {
    const obstacle = this.#ended(failure) ?? (await this.#settle().then(() => undefined, asError));
    if (obstacle !== undefined) return obstacle;
    const codes = codesOf(failure);
    if (codes.some((code) => NO_MEMBER.has(code)))
      return new TaskFenced(`The member whose offsets ${this.#id} commits is out of its group: ${codes.join()}`, {
        cause: failure,
      });
    if (codes.some((code) => REPEATABLE.has(code)))
      return new TransactionAborted(`A transaction of ${this.#id} was aborted: ${codes.join()}`, { cause: failure });
    if (isMoved(failure) || isBusy(failure) || codes.length > 0)
      return asError(toStreamsError(failureOf(failure, `A transaction of ${this.#id}`)));
    return asError(failure);
  }

  /** Undefined unless the failure says that the id is not ours any more. */
  #ended(failure: unknown): Error | undefined {
    const codes = codesOf(failure);
    if (codes.some((code) => FENCED.has(code)))
      return new TaskFenced(`The transactional id ${this.#id} was opened again by a later owner.`, { cause: failure });
    if (!codes.includes('INVALID_PRODUCER_ID_MAPPING')) return undefined;
    // Somebody else may have had the id meanwhile: it has to be opened, and the position read, anew. Nothing was written.
    return new CommitUnclear(`The transactional id ${this.#id} was idle for so long that the brokers forgot it.`, {
      cause: failure,
    });
  }

  /** Aborts what may be open. From then on numbers begin anew, whatever the brokers have of the former ones. */
  async #settle(): Promise<void> {
    try {
      const isEpochRaised = (await this.#abort()) && this.#context.cluster.hasTransactionEpochs;
      if (!isEpochRaised) await this.#raiseEpoch();
      await this.decideLeftovers(this.#places, false);
      this.#places = [];
      this.#isUnsettled = false;
    } catch (error) {
      if (error instanceof CommitUnclear) throw error;
      throw this.#ended(error) ?? toStreamsError(failureOf(error, `Aborting a transaction of ${this.#id}`));
    }
  }

  /** False when nothing was open. */
  async #abort(): Promise<boolean> {
    try {
      await this.#end(false, {});
      return true;
    } catch (error) {
      if (!codesOf(error).includes('INVALID_TXN_STATE')) throw error;
      // Where each transaction has an epoch, one that has ended can be aborted once more, unless it was committed.
      if (this.#context.cluster.hasTransactionEpochs)
        throw new CommitUnclear(`What ${this.#id} was to abort is committed.`, { cause: error });
      return false;
    }
  }

  /** Refused when somebody else has opened the id since. */
  async #raiseEpoch(): Promise<void> {
    const { id, epoch } = this.#writer.producer;
    const { transactionTimeoutMs } = this.#context.limits;
    this.begin(await this.#ask({}, initProducerIdV4.api, this.#id, transactionTimeoutMs, id, epoch));
  }

  #ask<A extends unknown[], R>(patience: Patience, api: API<A, R>, ...request: A): Promise<R> {
    const { cluster, lane } = this.#context;
    const who = { kind: 'transaction', key: this.#id, lane, busyPauseMs: FORMER_PAUSE_MS, ...patience } as const;
    return cluster.askCoordinator(who, api, ...request);
  }
}

const FENCED = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'TRANSACTION_COORDINATOR_FENCED']);
const NO_MEMBER = new Set(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID']);

/** What ends a transaction but not the next one. */
const REPEATABLE = new Set([
  'TRANSACTION_ABORTABLE',
  'INVALID_TXN_STATE',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'DUPLICATE_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
]);

/**
 * Refusals of a commit that say for sure that it did not happen, and never will. A busy coordinator is none of them: it may be busy
 * with this very commit.
 */
const UNDONE = new Set([...FENCED, 'INVALID_TXN_STATE', 'INVALID_PRODUCER_ID_MAPPING', 'TRANSACTION_ABORTABLE']);

/** A group's next generation begins at the broker a moment before the member hears of it. A member that was thrown out hears of none. */
async function isRaised(membership: () => GroupMembership, generation: number): Promise<boolean> {
  const untilMs = performance.now() + NEWS_WITHIN_MS;
  while (membership().generation <= generation && performance.now() < untilMs) await sleep(NEWS_PAUSE_MS);
  return membership().generation > generation;
}

function isUndone(error: unknown): boolean {
  const codes = codesOf(error);
  return codes.length > 0 && codes.every((code) => UNDONE.has(code));
}

/** Waits for both, also when one fails: what came after an abort would stay open for ever. */
async function both<T>(first: T, second: unknown): Promise<Awaited<T>> {
  const [one, other] = await Promise.allSettled([first, second]);
  if (one.status === 'rejected') throw one.reason;
  if (other.status === 'rejected') throw other.reason;
  return one.value;
}

const isTrue = () => true;
/** It is asked again before anything is written. */
const isFalse = () => false;

function asError(failure: unknown): Error {
  return failure instanceof Error ? failure : new Error(String(failure));
}
