// Brings batches to the brokers that lead their partitions, again and again until they are there. Batches carry sequence numbers, so
// that a broker recognises what it already has: sending again doubles nothing that it remembers. Outside of transactions it remembers what tells
// of the last day.
import { setTimeout as sleep } from 'node:timers/promises';
import type { API } from '@platformatic/kafka';
import type { Offset } from '../../log.ts';
import { clientFailure, KafkaFailure } from '../client.ts';
import { isBusy, isMoved, refused } from './broker-errors.ts';
import { leaderless, type Cluster, type Lane } from './cluster.ts';
import type { ProducedPart, ProducePart } from './requests.ts';

export interface DeliveryOptions {
  readonly cluster: Cluster;
  readonly lane: Lane;
  readonly api: API<[string | null, number, readonly ProducePart[]], ProducedPart[]>;
  readonly transactionalId: string | null;
  /** `performance.now()` at which patience ends. */
  readonly untilMs: number;
}

const REPLICATE_WITHIN_MS = 10_000;
const MOVED_PAUSE_MS = 50;
const BUSY_PAUSE_MS = 2;

/** Where a batch begins, or why it is not there. After patience has ended that means: it may be there or not. */
export type Delivered = Offset | Error;

/** Answers what became of each batch, in the order given. At most one batch per partition. */
export async function deliver(batches: readonly ProducePart[], options: DeliveryOptions): Promise<Delivered[]> {
  const settled = new Map<ProducePart, Delivered>();
  for (;;) {
    const left = batches.filter((batch) => !settled.has(batch));
    if (left.length === 0) return batches.map((batch) => settled.get(batch) as Delivered);
    const outcomes = await Promise.all(groupedByLeader(left, options).map((each) => attempt(each, options)));
    const failures = new Map(outcomes.flatMap((outcome) => [...outcome]).filter(isFailed));
    for (const outcome of outcomes) {
      for (const [batch, delivered] of outcome) if (isSettled(delivered, options)) settled.set(batch, delivered);
    }
    await prepareNext(new Map([...failures].filter(([batch]) => !settled.has(batch))), options);
  }
}

type Outcome = ReadonlyMap<ProducePart, Delivered>;
type LeaderGroup = readonly [leader: number | undefined, batches: readonly ProducePart[]];

function groupedByLeader(batches: readonly ProducePart[], { cluster }: DeliveryOptions): LeaderGroup[] {
  return [...Map.groupBy(batches, (batch) => cluster.leaderOf(batch))];
}

async function attempt([leader, batches]: LeaderGroup, options: DeliveryOptions): Promise<Outcome> {
  const { cluster, lane, api, transactionalId } = options;
  try {
    if (leader === undefined) throw leaderless(batches[0] as ProducePart);
    const answers = await cluster.ask(leader, lane, api, transactionalId, REPLICATE_WITHIN_MS, batches);
    return new Map(batches.map((batch) => [batch, outcomeOf(batch, answers)]));
  } catch (error) {
    return new Map(batches.map((batch) => [batch, error instanceof Error ? error : new Error(String(error))]));
  }
}

function outcomeOf({ topic, partition }: ProducePart, answers: readonly ProducedPart[]): Delivered {
  const answer = answers.find((each) => each.topic === topic && each.partition === partition);
  const where = `Writing to ${topic}/${partition}`;
  if (answer === undefined) return new KafkaFailure(clientFailure.unknown, `${where}: no answer.`);
  if (answer.errorCode === 0) return answer.baseOffset;
  return refused(answer.errorCode, `${where} (${answer.errorMessage ?? 'no reason given'})`);
}

function isFailed(entry: readonly [ProducePart, Delivered]): entry is [ProducePart, Error] {
  return entry[1] instanceof Error;
}

function isSettled(delivered: Delivered, { untilMs }: DeliveryOptions): boolean {
  if (!(delivered instanceof Error)) return true;
  return (!isMoved(delivered) && !isBusy(delivered)) || performance.now() >= untilMs;
}

async function prepareNext(failures: ReadonlyMap<ProducePart, Error>, { cluster }: DeliveryOptions): Promise<void> {
  if (failures.size === 0) return;
  const moved = [...failures].filter(([, failure]) => isMoved(failure)).map(([{ topic }]) => topic);
  await sleep(moved.length === 0 ? BUSY_PAUSE_MS : MOVED_PAUSE_MS);
  // What can't be asked just now is asked again after the next attempt.
  if (moved.length > 0) await cluster.refreshTopics([...new Set(moved)]).catch(() => undefined);
}
