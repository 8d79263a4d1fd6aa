// Where a task stands, and the position record that says so in the log.
import type { Offset } from './log/log.ts';

/** Where a task stands; written to its position record in every transaction. */
export interface TaskProgress {
  /** Next input offset by logical topic name. */
  readonly inputs: Readonly<Record<string, Offset>>;
  /** Largest event time seen; 0 before the first event. */
  readonly streamTimeMs: number;
}

export const NO_PROGRESS: TaskProgress = { inputs: {}, streamTimeMs: 0 };

export function encodeProgress(progress: TaskProgress): Buffer {
  return Buffer.from(JSON.stringify({ inputs: progress.inputs, stream_time_ms: progress.streamTimeMs }));
}

/** @throws Error when the bytes are no position record. */
export function decodeProgress(bytes: Buffer): TaskProgress {
  const parsed = JSON.parse(bytes.toString('utf8')) as { inputs: Record<string, Offset>; stream_time_ms: number };
  return { inputs: parsed.inputs, streamTimeMs: parsed.stream_time_ms };
}
