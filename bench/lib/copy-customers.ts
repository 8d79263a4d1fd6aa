// Many customers in little time: what the stages have made of a few, written again under other names.
import * as topics from '../../schemas/topics.ts';
import type { Profile, Recommendations, Segment, Session } from '../../schemas/types.ts';
import { physicalName, type TopicDefinition } from '../../streams/index.ts';
import type { Log, LogRecord, NewRecord } from '../../streams/log/log.ts';
import { prefix } from '../../test/faults/processing.ts';
import { append, customerName } from './backlog.ts';

const READ_WAIT_MS = 100;

/** All that is known of one customer. */
interface Known {
  profile?: Profile;
  segment?: Segment;
  list?: Recommendations;
  session?: Session;
}

type Take = (known: Known, record: LogRecord) => void;

const takes: Readonly<Record<string, Take>> = {
  [nameOf(topics.profiles)]: (known, record) => (known.profile = decoded(topics.profiles, record)),
  [nameOf(topics.segments)]: (known, record) => (known.segment = decoded(topics.segments, record)),
  [nameOf(topics.recommendations)]: (known, record) => (known.list = decoded(topics.recommendations, record)),
  [nameOf(topics.sessions)]: (known, record) => (known.session = decoded(topics.sessions, record)),
};

export interface Wanted {
  readonly customers: number;
  /** Past the number of customers they are of customers of whom nothing else is known. */
  readonly sessions: number;
}

/** Writes copies of the first `originals` customers until there are as many as wanted. They have no interactions on the log. */
export async function copyCustomers(log: Log, originals: number, wanted: Wanted): Promise<void> {
  const known = await readCustomers(log);
  const all = Array.from({ length: originals }, (_, number) => known.get(customerName(number)) ?? missing(number));
  await append(log, copies(all, wanted));
}

function missing(number: number): never {
  throw new Error(`nothing is known of ${customerName(number)}`);
}

function* copies(originals: readonly Known[], { customers, sessions }: Wanted): Generator<NewRecord> {
  for (let number = originals.length; number < Math.max(customers, sessions); number += 1) {
    const original = originals[number % originals.length] as Known;
    const name = customerName(number);
    if (number < customers) yield* customerLike(original, name);
    yield* sessionLike(original, name);
  }
}

function* customerLike({ profile, segment, list }: Known, customer_id: string): Generator<NewRecord> {
  if (profile !== undefined) {
    const session = profile.session && { ...profile.session, session_key: keyLike(profile.session, customer_id) };
    yield recordOf(topics.profiles, customer_id, { ...profile, customer_id, session }, profile.last_activity ?? 0);
  }
  if (segment !== undefined)
    yield recordOf(topics.segments, customer_id, { ...segment, customer_id }, segment.updated_at);
  if (list !== undefined) yield recordOf(topics.recommendations, customer_id, { ...list, customer_id }, list.timestamp);
}

function* sessionLike({ session }: Known, customer_id: string): Generator<NewRecord> {
  if (session === undefined) return;
  const session_key = keyLike(session, customer_id);
  yield recordOf(topics.sessions, session_key, { ...session, session_key, customer_id }, session.last_at);
}

/** Session keys are the customer's name, `~`, and a number. */
function keyLike({ session_key }: { readonly session_key: string }, customerId: string): string {
  return customerId + session_key.slice(session_key.indexOf('~'));
}

/** The latest of everything in these topics, by customer. */
async function readCustomers(log: Log): Promise<Map<string, Known>> {
  const known = new Map<string, Known>();
  for (const [topic, take] of Object.entries(takes)) {
    for (const record of await recordsOf(log, topic)) {
      const key = String(record.key).split('~')[0] ?? '';
      let customer = known.get(key);
      if (customer === undefined) known.set(key, (customer = {}));
      take(customer, record);
    }
  }
  return known;
}

async function recordsOf(log: Log, topic: string): Promise<LogRecord[]> {
  const { partitions } = await log.describeTopic(topic);
  const all: LogRecord[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    const { start, end } = await log.offsets({ topic, partition });
    const reader = log.openReader([{ topic, partition, offset: start }]);
    for (let next = start; next < end;) {
      for (const batch of await reader.read(READ_WAIT_MS)) {
        all.push(...batch.records);
        next = batch.nextOffset;
      }
    }
    await reader.close();
  }
  return all.filter(({ value }) => value !== null);
}

function decoded<V>(topic: TopicDefinition<V>, { value }: LogRecord): V {
  return topic.codec.decode(value ?? Buffer.alloc(0));
}

function recordOf<V>(topic: TopicDefinition<V>, key: string, value: V, timestampMs: number): NewRecord {
  return { topic: nameOf(topic), key: Buffer.from(key), value: topic.codec.encode(value), timestampMs };
}

function nameOf({ name }: { readonly name: string }): string {
  return physicalName(prefix, name);
}
