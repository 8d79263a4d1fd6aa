// A record of the log as the event that handlers see, or why it can't be one.
import type { LogRecord } from './log/log.ts';
import type { Event } from './processor.ts';
import { boundEventTime } from './time.ts';
import type { TopicDefinition } from './topic.ts';

/** Why a record goes to the dead letters. */
export interface Rejection {
  /** A short, bounded label. */
  readonly reason: string;
  readonly message: string;
  /** The processor that refused it; empty when none saw it. */
  readonly processor: string;
}

/** `streamTimeMs`: largest event time before this record, against which it may be too late. */
export function readEvent(
  topic: TopicDefinition<unknown>,
  record: LogRecord,
  streamTimeMs: number,
): Event<unknown> | Rejection {
  if (record.key === null) return refused('no_key', `a record of ${topic.name} needs a key`);
  if (record.refused !== undefined) return refused(record.refused.reason, record.refused.message);
  let value: unknown = null;
  try {
    value = record.value === null ? null : topic.codec.decode(record.value);
  } catch (error) {
    return refused('undecodable', error instanceof Error ? error.message : String(error));
  }
  const received = value === null ? record.timestampMs : (topic.receivedAtMs?.(value) ?? record.timestampMs);
  const declared = value === null ? record.timestampMs : (topic.eventTimeMs?.(value) ?? record.timestampMs);
  if (!Number.isFinite(declared)) return refused('no_time', `a record of ${topic.name} has no usable time`);
  const { timeMs, corrected } = boundEventTime(declared, received);
  const lateMs = streamTimeMs - timeMs;
  if (topic.lateLimitMs !== undefined && lateMs > topic.lateLimitMs && value !== null && !topic.isBackfill?.(value)) {
    return refused('too_late', `${Math.round(lateMs / 1000)} s behind stream time`);
  }
  const source = { topic: topic.name, partition: record.partition, offset: record.offset };
  return { key: record.key.toString('utf8'), value, timeMs, clockCorrected: corrected, source };
}

function refused(reason: string, message: string): Rejection {
  return { reason, message, processor: '' };
}
