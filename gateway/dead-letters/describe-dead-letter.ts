// A dead letter as data: why it was put aside, where it came from, its bytes, and what they say when they can be read.
import { catalogue } from '../../schemas/topics.ts';
import type { IncomingRecord } from '../dependencies.ts';

/** More of a record is not shown: it may be a megabyte. */
const bytesShownMax = 2048;

export interface DeadLetter {
  /** Where it stands in the topic of dead letters. */
  readonly position: string;
  readonly timestamp: string;
  readonly reason: string;
  readonly message: string;
  readonly stage: string;
  readonly processor: string;
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: number };
  /** As text, with a sign in place of each byte that is none. */
  readonly key: string | null;
  /** null for a deletion. */
  readonly bytes: number | null;
  /** The first bytes, in base64. */
  readonly value: string | null;
  /** The value by its topic's schema; null when it can't be read with it. */
  readonly event: unknown;
}

export function describeDeadLetter(record: IncomingRecord, physicalName: (logicalName: string) => string): DeadLetter {
  const { partition, offset, timestampMs, headers, key, value } = record;
  const header = (name: string) => headers[`freshet.${name}`] ?? '';
  const topic = header('topic');
  return {
    position: `${partition}:${offset}`,
    timestamp: new Date(timestampMs).toISOString(),
    reason: header('reason'),
    message: header('message'),
    stage: header('stage'),
    processor: header('processor'),
    source: { topic, partition: Number(header('partition')), offset: Number(header('offset')) },
    key: key?.toString('utf8') ?? null,
    bytes: value?.length ?? null,
    value: value?.subarray(0, bytesShownMax).toString('base64') ?? null,
    event: value === null ? null : decoded(value, topic, physicalName),
  };
}

/** What was put aside because it could not be read can't be read here either. */
function decoded(value: Buffer, topic: string, physicalName: (logicalName: string) => string): unknown {
  const definition = Object.values(catalogue).find(({ name }) => physicalName(name) === topic);
  if (definition === undefined) return null;
  try {
    return definition.codec.decode(value);
  } catch {
    return null;
  }
}
