// A broker whose listener `proxied` is reached through a proxy, for the tests of one file.
import { after } from 'node:test';
import { startKafka, type KafkaOptions, type KafkaServer } from '../../../../test/servers/kafka.ts';
import { BrokerProxy } from './broker-proxy.ts';

export interface KafkaBehindProxy {
  readonly kafka: KafkaServer;
  /** Clients that are to go through it are given its address. */
  readonly proxy: BrokerProxy;
}

/** Both go when the tests have ended. Undefined, and noted as left out, where no broker can run. */
export async function kafkaBehindProxy(
  properties: NonNullable<KafkaOptions['properties']> = {},
): Promise<KafkaBehindProxy | undefined> {
  const proxy = await BrokerProxy.open();
  after(() => proxy.close());
  const listeners = { proxied: { protocol: 'PLAINTEXT', advertised: proxy.address } } as const;
  const kafka = await startKafka({ listeners, properties });
  if (kafka === undefined) return undefined;
  after(() => kafka.remove());
  proxy.forwardTo(kafka.address('proxied'));
  return { kafka, proxy };
}
