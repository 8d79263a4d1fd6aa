// What can't be used, as a record for the dead-letter topic: the original bytes, with the reason in the headers.
import type { LogRecord, NewRecord } from './log/log.ts';
import type { Rejection } from './read-event.ts';
import { deadLetters, physicalName } from './topic.ts';

const MESSAGE_CHARS_MAX = 500;

export function deadLetter(record: LogRecord, rejection: Rejection, stage: string, prefix: string): NewRecord {
  return {
    topic: physicalName(prefix, deadLetters),
    key: record.key,
    value: record.original ?? record.value,
    timestampMs: record.timestampMs,
    headers: {
      ...record.headers,
      'freshet.topic': record.topic,
      'freshet.partition': String(record.partition),
      'freshet.offset': String(record.offset),
      'freshet.stage': stage,
      'freshet.processor': rejection.processor,
      'freshet.reason': rejection.reason,
      'freshet.message': rejection.message.slice(0, MESSAGE_CHARS_MAX),
    },
  };
}
