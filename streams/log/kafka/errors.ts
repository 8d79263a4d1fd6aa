// What Kafka's errors mean to the runtime.
import { CommitUnclear, DependencyUnavailable, isStreamsError, Misconfigured, TaskFenced } from '../../errors.ts';
import { KafkaFailure } from './client.ts';

/** A later owner of the id has it, or the coordinator gave ours up: nothing of this producer can be committed any more. */
const fencedCodes: ReadonlySet<string> = new Set([
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_ID_MAPPING',
  'INVALID_TXN_STATE',
  'TRANSACTION_COORDINATOR_FENCED',
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'FENCED_INSTANCE_ID',
]);

/** Waiting does not help against these. */
const misconfiguredCodes: ReadonlySet<string> = new Set([
  'UNSUPPORTED_SASL_MECHANISM',
  'UNSUPPORTED_VERSION',
  'INVALID_TOPIC_EXCEPTION',
  'INVALID_CONFIG',
  'INVALID_PARTITIONS',
  'INVALID_REPLICATION_FACTOR',
  'POLICY_VIOLATION',
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_TRANSACTION_TIMEOUT',
  'INVALID_SESSION_TIMEOUT',
  'INCONSISTENT_GROUP_PROTOCOL',
]);

const misconfiguredSuffix = '_AUTHORIZATION_FAILED';

/** Answers what `act` does; its failures become errors of the runtime: wait and try again, or refuse to start. */
export async function reaching<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw toStreamsError(error);
  }
}

/** Answers what a commit does; what is not a fence leaves it open whether it happened. */
export async function committing<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof KafkaFailure)) throw error;
    if (isFenced(error)) throw new TaskFenced(error.message, { cause: error });
    if (isMisconfigured(error)) throw toStreamsError(error);
    throw new CommitUnclear(`The commit did not come to an end: ${error.message}`, { cause: error });
  }
}

export function isFenced(error: unknown): boolean {
  return error instanceof KafkaFailure && fencedCodes.has(error.code);
}

export function toStreamsError(error: unknown): unknown {
  if (isStreamsError(error) || !(error instanceof KafkaFailure)) return error;
  if (isMisconfigured(error)) return new Misconfigured(`Kafka refuses this: ${error.message}`, { cause: error });
  return new DependencyUnavailable('kafka', error.message, { cause: error });
}

function isMisconfigured({ code }: KafkaFailure): boolean {
  return misconfiguredCodes.has(code) || code.endsWith(misconfiguredSuffix);
}
