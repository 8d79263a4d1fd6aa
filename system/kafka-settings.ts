// What the settings say of Kafka, in the words of its driver.
import type { Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
import { googleToken } from '../streams/log/kafka/google-token.ts';
import type {
  KafkaSecurity,
  PasswordMechanism,
  SaslSettings,
  TlsSettings,
  TokenSource,
} from '../streams/log/kafka/security.ts';
import type { KafkaSettings } from '../streams/log/kafka/settings.ts';

/** `instance` names this process to the brokers. */
export function kafkaSettings(settings: Settings, instance: string, logger: Logger): KafkaSettings {
  return {
    client: settings.kafkaClient,
    brokers: settings.kafkaBrokers,
    clientId: instance,
    security: security(settings),
    ...(settings.kafkaReplicationFactor > 0 && { replicationFactor: settings.kafkaReplicationFactor }),
    limits: { sessionTimeoutMs: settings.kafkaSessionTimeoutMs },
    onLog: (level, message, fields) => logger[level](fields, `kafka: ${message}`),
  };
}

function security(settings: Settings): KafkaSecurity {
  const sasl = login(settings);
  return { ...(settings.kafkaSsl && { tls: tls(settings) }), ...(sasl !== undefined && { sasl }) };
}

function tls({ kafkaSslCa, kafkaSslCert, kafkaSslKey }: Settings): true | TlsSettings {
  if (kafkaSslCa === '' && kafkaSslCert === '') return true;
  return {
    ...(kafkaSslCa !== '' && { ca: kafkaSslCa }),
    ...(kafkaSslCert !== '' && { certificate: kafkaSslCert, key: kafkaSslKey }),
  };
}

function login(settings: Settings): SaslSettings | undefined {
  const { kafkaSaslMechanism, kafkaSaslUsername: username, kafkaSaslPassword: password } = settings;
  if (kafkaSaslMechanism === 'none') return undefined;
  if (kafkaSaslMechanism === 'google') return { mechanism: 'OAUTHBEARER', token: tokenOf(settings) };
  const mechanism = kafkaSaslMechanism.toUpperCase() as PasswordMechanism; // they are written in lower case in settings
  return { mechanism, username, password };
}

function tokenOf({ googleCredentials: keyFile }: Settings): TokenSource {
  return googleToken(keyFile === '' ? {} : { keyFile });
}
