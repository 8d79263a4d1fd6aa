// The settings of what runs outside of Freshet: brokers and the serving store. Nothing set: everything is embedded.
import { secret, setting } from './declare.ts';
import {
  addresses,
  anyText,
  headerList,
  oneOf,
  onOff,
  pem,
  redisUrl,
  serverUrl,
  share,
  wholeNumber,
} from './value-kinds.ts';

export const outsideSettings = {
  kafkaBrokers: setting(
    'Kafka',
    'KAFKA_BROKERS',
    '',
    addresses,
  )(
    'Keeps the log on Apache Kafka, Redpanda or a managed Kafka, found by these addresses, instead of in `DATA_DIR`. Several processes can then share the work: `freshet run`, `freshet gateway`.',
  ),
  kafkaClient: setting(
    'Kafka',
    'KAFKA_CLIENT',
    'platformatic',
    oneOf('kafkajs', 'platformatic'),
  )('Which client library talks to the brokers; docs/decisions.md (24, 25) says what they differ in.'),
  kafkaCreateTopics: setting(
    'Kafka',
    'KAFKA_CREATE_TOPICS',
    'on',
    onOff,
  )(
    'Creates missing topics at the start. `off`: a missing topic stops the start, and `freshet topics apply` creates it. Existing ones are never changed.',
  ),
  kafkaReplicationFactor: setting(
    'Kafka',
    'KAFKA_REPLICATION_FACTOR',
    '0',
    wholeNumber(0, 32),
  )('Copies of each topic that is created. 0: what the brokers have as default.'),
  kafkaSessionTimeoutMs: setting(
    'Kafka',
    'KAFKA_SESSION_TIMEOUT_MS',
    '15000',
    wholeNumber(1_000, 1_800_000),
  )('A process that says nothing for so long is given up, and its tasks go to others.'),
  standby: setting(
    'Kafka',
    'STANDBY',
    'off',
    onOff,
  )(
    'Each process of a stage keeps a copy of the state of tasks that others have, a few seconds old: who takes one over only reads the end of its tables. Costs the disk space and the reading of all partitions in each process.',
  ),
  kafkaSsl: setting('Kafka', 'KAFKA_SSL', 'off', onOff)('Talks TLS to the brokers.'),
  kafkaSslCa: secret(
    'Kafka',
    'KAFKA_SSL_CA',
    '',
    pem,
  )('Who has to have signed the brokers’ certificates. Empty: the authorities that Node knows.'),
  kafkaSslCert: secret('Kafka', 'KAFKA_SSL_CERT', '', pem)('Our own certificate, where brokers ask for one (mTLS).'),
  kafkaSslKey: secret('Kafka', 'KAFKA_SSL_KEY', '', pem)('The key of that certificate.'),
  kafkaSaslMechanism: setting(
    'Kafka',
    'KAFKA_SASL_MECHANISM',
    'none',
    oneOf('none', 'plain', 'scram-sha-256', 'scram-sha-512', 'google'),
  )(
    'How to log in. `google`: Managed Service for Apache Kafka, with application-default credentials (`GOOGLE_APPLICATION_CREDENTIALS`, or the service account that the machine runs as).',
  ),
  googleCredentials: setting(
    'Kafka',
    'GOOGLE_APPLICATION_CREDENTIALS',
    '',
    anyText,
  )(
    'For `google`: the file with the key of a service account. Empty: the account that the machine runs as. Nothing else is done with it.',
  ),
  kafkaSaslUsername: setting('Kafka', 'KAFKA_SASL_USERNAME', '', anyText)('For `plain` and `scram-…`.'),
  kafkaSaslPassword: secret('Kafka', 'KAFKA_SASL_PASSWORD', '', anyText)('For `plain` and `scram-…`.'),

  schemaRegistryUrl: setting(
    'Schema registry',
    'SCHEMA_REGISTRY_URL',
    '',
    serverUrl,
  )(
    'With Kafka: records carry ids of this registry, a server with the API of Confluent’s, so that other programs can read and write them (docs/schemas.md). Its path belongs to it (Apicurio: `/apis/ccompat/v7`). `freshet schemas` uses it, too.',
  ),
  schemaRegistryUsername: setting('Schema registry', 'SCHEMA_REGISTRY_USERNAME', '', anyText)('Who asks the registry.'),
  schemaRegistryPassword: secret(
    'Schema registry',
    'SCHEMA_REGISTRY_PASSWORD',
    '',
    anyText,
  )('The password of that name.'),
  schemaRegistryToken: secret(
    'Schema registry',
    'SCHEMA_REGISTRY_TOKEN',
    '',
    anyText,
  )('In place of name and password: sent as `Authorization: Bearer <token>`.'),

  traceEndpoint: setting(
    'Traces',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    '',
    serverUrl,
  )(
    'Records traces and sends them to this OpenTelemetry collector (OTLP over HTTP; `/v1/traces` is added). Empty: no spans are recorded, and `traceparent` is passed on as it came.',
  ),
  traceHeaders: secret(
    'Traces',
    'OTEL_EXPORTER_OTLP_HEADERS',
    '',
    headerList,
  )('Sent with every export, for collectors that ask who sends.'),
  traceShare: setting(
    'Traces',
    'OTEL_TRACES_SAMPLER_ARG',
    '1',
    share,
  )(
    'Of the requests without a `traceparent`, the share whose trace is recorded. With one, its sampled flag decides. With much traffic take `0.01`.',
  ),
  traceService: setting('Traces', 'OTEL_SERVICE_NAME', 'freshet', anyText)('What the spans say that they are from.'),

  redisUrl: secret(
    'Redis',
    'REDIS_URL',
    '',
    redisUrl,
  )(
    'Serves from Redis instead of from `DATA_DIR`: gateways in other processes need nothing else to answer reads. With `REDIS_SENTINEL_NAME` the addresses are those of sentinels, with `REDIS_CLUSTER` those of nodes of a cluster.',
  ),
  redisSentinelName: setting(
    'Redis',
    'REDIS_SENTINEL_NAME',
    '',
    anyText,
  )('The name under which sentinels know the primary. Empty: no sentinels.'),
  redisCluster: setting('Redis', 'REDIS_CLUSTER', 'off', onOff)('`REDIS_URL` names nodes of a Redis Cluster.'),
  redisTlsCa: secret(
    'Redis',
    'REDIS_TLS_CA',
    '',
    pem,
  )('Who has to have signed the certificates of `rediss://` servers. Empty: the authorities that Node knows.'),
} as const;
