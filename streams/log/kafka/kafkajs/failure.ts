// kafkajs's errors, by Kafka's names.
import { clientFailure, KafkaFailure } from '../client.ts';

/** What is named otherwise in kafkajs, or has no name there. */
const kafkaNames: Readonly<Record<string, string>> = {
  GROUP_COORDINATOR_NOT_AVAILABLE: 'COORDINATOR_NOT_AVAILABLE',
  NOT_COORDINATOR_FOR_GROUP: 'NOT_COORDINATOR',
  GROUP_LOAD_IN_PROGRESS: 'COORDINATOR_LOAD_IN_PROGRESS',
  KafkaJSGroupCoordinatorNotFound: 'COORDINATOR_NOT_AVAILABLE',
  KafkaJSSASLAuthenticationError: clientFailure.authentication,
};

const lostConnection: ReadonlySet<string> = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
  'KafkaJSLockTimeout',
  'KafkaJSMetadataNotLoaded',
  'KafkaJSTopicMetadataNotLoaded',
]);

/** kafkajs's table ends before this one. */
const producerFenced = { number: 90, name: 'PRODUCER_FENCED' };

/** Answers what `act` does; what it throws becomes a `KafkaFailure`. */
export async function naming<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw failureOf(error);
  }
}

function failureOf(error: unknown): KafkaFailure {
  if (error instanceof KafkaFailure) return error;
  const chain = chainOf(error);
  const message = chain.at(-1)?.message ?? String(error);
  return new KafkaFailure(codeOf(chain), message, { cause: error });
}

/** What was retried or given up is wrapped around what happened. */
function chainOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && !chain.includes(at); at = at.cause) chain.push(at);
  return chain;
}

function codeOf(chain: readonly Error[]): string {
  for (const error of chain.toReversed()) {
    if (lostConnection.has(error.name)) return clientFailure.connection;
    const type = 'type' in error && typeof error.type === 'string' ? error.type : error.name;
    if (type in kafkaNames) return kafkaNames[type] ?? type;
    if (error.message === `Unknown error code ${producerFenced.number}`) return producerFenced.name;
    if ('type' in error && typeof error.type === 'string') return error.type;
    if ('code' in error && typeof error.code === 'string') return clientFailure.connection; // ECONNREFUSED and the like
  }
  return clientFailure.unknown;
}
