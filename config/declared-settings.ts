// Every environment variable that Freshet reads, as data: docs/configuration.md is generated from this file.
import { DECODED_BYTES_MAX } from '../streams/decoded-values.ts';
import { outsideSettings } from './outside-settings.ts';
import { secret, setting } from './declare.ts';
import {
  apiKeys,
  currencyCode,
  debugSwitch,
  folder,
  folderOrLeft,
  modelVersion,
  hostName,
  onOffOrLeft,
  oneOf,
  origins,
  topicPrefix,
  wholeNumber,
} from './value-kinds.ts';

const MiB = 1024 * 1024;
const DAY_MS = 86_400_000;

export const declared = {
  apiHost: setting(
    'Serving',
    'API_HOST',
    '127.0.0.1',
    hostName,
  )('The address to listen on. Without `API_KEYS` only this machine is served: `127.0.0.1`, `::1` or `localhost`.'),
  apiPort: setting('Serving', 'API_PORT', '8000', wholeNumber(0, 65_535))('The port to listen on; 0 takes a free one.'),
  apiKeys: secret(
    'Serving',
    'API_KEYS',
    '',
    apiKeys,
  )(
    'Who may call the API. `ingest` writes interactions, `read` reads, `admin` does everything, including customers, items, imports and the status. Sent as `Authorization: Bearer <key>` or `X-API-Key: <key>`. Empty: no keys are asked for, and only this machine is served.',
  ),
  corsOrigins: setting(
    'Serving',
    'CORS_ORIGINS',
    '',
    origins,
  )(
    'Web pages of these origins may call the API with a key of theirs. Origins of browser keys need not be named here.',
  ),
  trustProxyHops: setting(
    'Serving',
    'TRUST_PROXY_HOPS',
    '0',
    wholeNumber(0, 10),
  )(
    'How many proxies stand in front: so many addresses from the right of `X-Forwarded-For` are believed. 0 ignores that header, which anybody can send.',
  ),
  gatewayWorkers: setting(
    'Serving',
    'GATEWAY_WORKERS',
    '0',
    wholeNumber(0, 64),
  )(
    'Threads that answer HTTP beside the one that processes events. 0: that one answers too. 1: requests and events don’t wait for each other, on a second core. More share the port, for reads on further cores (Linux): what writes is handled by one of them.',
  ),
  shutdownGraceMs: setting(
    'Serving',
    'SHUTDOWN_GRACE_MS',
    '10000',
    wholeNumber(0, 600_000),
  )('After SIGTERM: how long requests and batches in flight may take to finish before they are cut off.'),

  shopCurrency: setting(
    'Serving',
    'SHOP_CURRENCY',
    'EUR',
    currencyCode,
  )('The currency of prices and of values without one of their own, for the page: three letters of ISO 4217.'),

  dataDir: setting('Storage', 'DATA_DIR', 'data', folder)('Where the log and all state live.'),
  modelsDir: setting(
    'Storage',
    'MODELS_DIR',
    '',
    folderOrLeft,
  )(
    'Where trained models lie: `freshet train` writes them, and each process that makes lists reads them. Left empty: the folder `models` in `DATA_DIR`. Several processes need a folder that all of them can read.',
  ),
  ingestDurability: setting(
    'Storage',
    'INGEST_DURABILITY',
    'disk',
    oneOf('disk', 'memory'),
  )(
    'When an event counts as accepted: `disk` when a power cut cannot lose it, `memory` when a crash of the process cannot.',
  ),

  ...outsideSettings,

  demo: setting(
    'Demo',
    'DEMO',
    '',
    onOffOrLeft,
  )('Runs the invented shop, whose customers click and buy. Left empty: `on`, but `off` with `KAFKA_BROKERS`.'),
  demoEventsPerSecond: setting(
    'Demo',
    'DEMO_EVENTS_PER_SECOND',
    '20',
    wholeNumber(1, 10_000),
  )('How busy the invented shop is.'),
  demoSeed: setting(
    'Demo',
    'DEMO_SEED',
    '1',
    wholeNumber(0, 4_294_967_295),
  )('The same seed gives the same shop and the same customers.'),

  partitions: setting(
    'Processing',
    'PARTITIONS',
    '4',
    wholeNumber(1, 256),
  )('Partitions of each topic. Fixed once the data folder exists.'),
  topicPrefix: setting('Processing', 'TOPIC_PREFIX', 'freshet', topicPrefix)('Topics are named `<prefix>.<topic>.v1`.'),
  batchSize: setting(
    'Processing',
    'BATCH_SIZE',
    '32000',
    wholeNumber(1, 32_000),
  )('At most so many records in one transaction. No more are fetched ahead for a task.'),
  queueBytesMax: setting(
    'Processing',
    'QUEUE_BYTES_MAX',
    String(8 * MiB),
    wholeNumber(65_536, 1024 * MiB),
  )('Records fetched ahead per task, in bytes; fetching pauses above it.'),
  stateCacheBytesMax: setting(
    'Processing',
    'STATE_CACHE_BYTES_MAX',
    String(DECODED_BYTES_MAX),
    wholeNumber(MiB, 16 * 1024 * MiB),
  )(
    'What a process keeps decoded in memory of the tables of its tasks, in bytes as estimated; the rest is read from the local store.',
  ),
  modelVersion: setting(
    'Processing',
    'MODEL_VERSION',
    '',
    modelVersion,
  )(
    'Makes lists with this version of the trained model, promoted or not. Left empty: with the latest that was promoted. As long as there is none, lists are made without.',
  ),
  sessionIndexSessions: setting(
    'Processing',
    'SESSION_INDEX_SESSIONS',
    '200000',
    wholeNumber(1000, 20_000_000),
  )('How many of the latest sessions of all customers are compared when scoring.'),

  requestBytesMax: setting(
    'Limits of requests',
    'REQUEST_BYTES_MAX',
    String(2 * MiB),
    wholeNumber(1024, 64 * MiB),
  )('Larger bodies are answered 413.'),
  eventsPerRequestMax: setting(
    'Limits of requests',
    'EVENTS_PER_REQUEST_MAX',
    '1000',
    wholeNumber(1, 10_000),
  )('Events, or items, in one request.'),
  eventLateMsMax: setting(
    'Limits of requests',
    'EVENT_LATE_MS_MAX',
    String(30 * DAY_MS),
    wholeNumber(60_000, 30 * DAY_MS),
  )(
    'Events of an older time are rejected, unless they are `backfill`. The processors take none that are more than 30 days behind.',
  ),
  eventFutureMsMax: setting(
    'Limits of requests',
    'EVENT_FUTURE_MS_MAX',
    String(DAY_MS),
    wholeNumber(5 * 60_000, 3650 * DAY_MS),
  )('Events of a time further ahead are rejected; nearer ones count as 5 minutes ahead at most.'),
  idempotencyWindowMs: setting(
    'Limits of requests',
    'IDEMPOTENCY_WINDOW_MS',
    String(10 * 60_000),
    wholeNumber(1000, 7 * DAY_MS),
  )('How long a process remembers requests by their `Idempotency-Key`, and events to answer `duplicate`.'),
  recentEventsMax: setting(
    'Limits of requests',
    'RECENT_EVENTS_MAX',
    '100000',
    wholeNumber(1, 10_000_000),
  )('Events remembered to answer `duplicate`, the latest ones. What is forgotten is still counted once.'),
  ingestInFlightBytesMax: setting(
    'Limits of requests',
    'INGEST_IN_FLIGHT_BYTES_MAX',
    String(64 * MiB),
    wholeNumber(1024, 1024 * MiB),
  )(
    'Bodies being read or written at one time; above it writes are answered 503 with Retry-After. Of several GATEWAY_WORKERS each has its share.',
  ),
  rateLimitPerKey: setting(
    'Limits of requests',
    'RATE_LIMIT_PER_KEY',
    '10000',
    wholeNumber(0, 1_000_000),
  )(
    'Requests a second of one key, and ten times as many at once; beyond, 429. 0: no limit. Each process counts for itself, all of its GATEWAY_WORKERS together.',
  ),
  rateLimitPerAddress: setting(
    'Limits of requests',
    'RATE_LIMIT_PER_ADDRESS',
    '50',
    wholeNumber(0, 1_000_000),
  )(
    'The same for one address (of IPv6 a /64 network), for requests with a browser key or without a valid one. Addresses of this machine are not limited. 0: no limit.',
  ),
  requestsInFlightMax: setting(
    'Limits of requests',
    'REQUESTS_IN_FLIGHT_MAX',
    '2000',
    wholeNumber(1, 100_000),
  )(
    'Requests being worked on at one time; further ones are answered 503 at once. Of several GATEWAY_WORKERS each has its share.',
  ),
  overloadDelayMs: setting(
    'Limits of requests',
    'OVERLOAD_DELAY_MS',
    '200',
    wholeNumber(10, 60_000),
  )(
    'When requests wait longer than this for their turn, only so many are let in as can be answered in that time; the others get 503 at once, reads first.',
  ),
  connectionsMax: setting(
    'Limits of requests',
    'CONNECTIONS_MAX',
    '15000',
    wholeNumber(1, 1_000_000),
  )(
    'Open connections; further ones are closed. Of several GATEWAY_WORKERS each has its share. Keep it at least 1000 below what the operating system allows the process to open (`ulimit -n`).',
  ),
  requestTimeoutMs: setting(
    'Limits of requests',
    'REQUEST_TIMEOUT_MS',
    '30000',
    wholeNumber(1000, 600_000),
  )('How long a client may take to send its request.'),
  minPositionWaitMs: setting(
    'Limits of requests',
    'MIN_POSITION_WAIT_MS',
    '2000',
    wholeNumber(0, 60_000),
  )(
    'How long a read with `min_position` waits at most; then it answers what there is, with `"position_reached": false`.',
  ),
  recommendationsMax: setting(
    'Limits of requests',
    'RECOMMENDATIONS_MAX',
    '100',
    wholeNumber(1, 1000),
  )('The largest `limit` of a list.'),
  streamClientsMax: setting(
    'Limits of requests',
    'STREAM_CLIENTS_MAX',
    '32',
    wholeNumber(1, 1000),
  )('Pages that may watch the live stream at one time.'),
  streamEventsPerSecondMax: setting(
    'Limits of requests',
    'STREAM_EVENTS_PER_SECOND_MAX',
    '20',
    wholeNumber(1, 1000),
  )('Events sent to each such page; the rest is only counted.'),

  logLevel: setting(
    'Logging',
    'LOG_LEVEL',
    'info',
    oneOf('debug', 'info', 'warn', 'error', 'silent'),
  )(
    'What is written to standard error: starts, stops, warnings and errors with `info`; each request with `debug`. Never personal data.',
  ),
  debug: setting('Logging', 'DEBUG', 'off', debugSwitch)('`on` is the same as `LOG_LEVEL=debug`.'),
} as const;

/** Names that hold, but that this version can't honour yet. */
export interface Promised {
  readonly name: string;
  /** refuse: going on without it would run something else than what was asked for. */
  readonly verdict: 'refuse' | 'warn';
  readonly doc: string;
}

export const promised: readonly Promised[] = [
  refused('BIGQUERY_DATASET', 'this version has no warehouse and cannot write to BigQuery'),
  ignored('GOOGLE_CLOUD_PROJECT', 'nothing is sent to Google Cloud'),
  ignored('FIRESTORE_COLLECTION', 'profiles are not mirrored to Firestore'),
  ignored('LEARNING_RATE', 'nothing that is trained has one'),
];

function refused(name: string, why: string): Promised {
  return { name, verdict: 'refuse', doc: `${why}: unset it` };
}

function ignored(name: string, why: string): Promised {
  return { name, verdict: 'warn', doc: `${why} in this version` };
}
