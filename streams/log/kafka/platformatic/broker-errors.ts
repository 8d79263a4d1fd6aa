// What an error of the client library is about, and what the driver is told of it.
import { findErrorBy, NetworkError, protocolErrorsCodesById } from '@platformatic/kafka';
import { clientFailure, KafkaFailure } from '../client.ts';

/** A broker's answer has an error code instead of what was asked for. */
export function refused(code: number, what: string): KafkaFailure {
  const name = codeName(code);
  return new KafkaFailure(name, `${what}: ${name}`);
}

export function codeName(code: number): string {
  return protocolErrorsCodesById[code] ?? `UNKNOWN_CODE_${code}`;
}

/** Answers what `act` does; what it throws becomes a `KafkaFailure`. */
export async function failing<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw failureOf(error, what);
  }
}

export function failureOf(error: unknown, what: string): KafkaFailure {
  if (error instanceof KafkaFailure) return error;
  const [code] = codesOf(error);
  const said = error instanceof Error ? error.message : String(error);
  if (code !== undefined) return new KafkaFailure(code, `${what}: ${code}`, { cause: error });
  const kind = isConnectionLost(error) ? clientFailure.connection : clientFailure.unknown;
  return new KafkaFailure(isUnauthenticated(error) ? clientFailure.authentication : kind, `${what}: ${said}`, {
    cause: error,
  });
}

/** Kafka's names of what is wrong; empty when no broker said anything. */
export function codesOf(error: unknown): readonly string[] {
  if (error instanceof KafkaFailure) return [error.code];
  if (!(error instanceof AggregateError)) return apiIdOf(error);
  return [...new Set(error.errors.flatMap(apiIdOf))];
}

/** The request or its answer was lost, or no connection came about: whether it was handled is not known. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof KafkaFailure) return error.code === clientFailure.connection;
  return error instanceof Error && findErrorBy(error, 'code', NetworkError.code) !== null && !isUnauthenticated(error);
}

/** The broker asked is not the right one (any more), or can't be reached. */
export function isMoved(error: unknown): boolean {
  return isConnectionLost(error) || codesOf(error).some((code) => MOVED.has(code));
}

/** It will do the same request a moment later. */
export function isBusy(error: unknown): boolean {
  const codes = codesOf(error);
  return codes.length > 0 && codes.every((code) => BUSY.has(code));
}

const MOVED = new Set([
  'NOT_COORDINATOR',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_LEADER_OR_FOLLOWER',
  'LEADER_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'KAFKA_STORAGE_ERROR',
  'REPLICA_NOT_AVAILABLE',
  'BROKER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
]);

const BUSY = new Set([
  'COORDINATOR_LOAD_IN_PROGRESS',
  'CONCURRENT_TRANSACTIONS',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'REQUEST_TIMED_OUT',
  'UNSTABLE_OFFSET_COMMIT',
  'OFFSET_NOT_AVAILABLE',
  'THROTTLING_QUOTA_EXCEEDED',
]);

/** The library wraps it in an error of the connection, which by itself would be tried again. */
function isUnauthenticated(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause)
    if ('code' in each && each.code === 'PLT_KFK_AUTHENTICATION') return true;
  return false;
}

function apiIdOf(error: unknown): string[] {
  return error instanceof Error && 'apiId' in error && typeof error.apiId === 'string' ? [error.apiId] : [];
}
