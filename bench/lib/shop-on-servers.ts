// The demo shop on Kafka and Redis, with one process for the stages and one for the API.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openLogOn, type OnKafka } from '../../test/faults/processing.ts';
import { startFreshet, type Environment, type FreshetProcess } from '../../test/end-to-end/freshet-process.ts';
import { startKafka, type KafkaServer } from '../../test/servers/kafka.ts';
import { RedisServer } from '../../test/servers/redis.ts';
import { roleNames } from '../../system/roles.ts';
import { fillPast } from './shop-folder.ts';
import { inTemporaryFolder } from './temporary-folder.ts';
import { workedOff } from './worked-off.ts';

export const stagesCommand = ['run', ...roleNames.filter((name) => name !== 'gateway')];
/** As the documentation deploys them. */
const customersCommand = ['run', 'customers'];
const othersCommand = ['run', ...roleNames.filter((name) => name !== 'gateway' && name !== 'customers')];
export const gatewayCommand = ['gateway'];

export interface Servers {
  readonly kafka: KafkaServer;
  readonly redis: RedisServer;
  readonly environment: Environment;
}

/** Both started for this, and gone afterwards. @throws Error without Java and Maven, or without redis-server. */
export async function withServers<T>(client: OnKafka['client'], use: (servers: Servers) => Promise<T>): Promise<T> {
  await using opened = new AsyncDisposableStack();
  const kafka = await startKafka({ isLasting: true });
  if (kafka === undefined) throw new Error('this bench needs Java and Maven');
  opened.defer(() => kafka.remove());
  const redis = await RedisServer.start();
  opened.defer(() => redis.remove());
  return await use({
    kafka,
    redis,
    environment: { KAFKA_BROKERS: kafka.address(), KAFKA_CLIENT: client, REDIS_URL: redis.url },
  });
}

export interface ShopOnServers {
  readonly gateway: FreshetProcess;
  readonly customers: FreshetProcess;
  /** Of the other stages, and what copies into the serving store. */
  readonly others: FreshetProcess;
  /** Of the broker and Redis, as far as they are processes of this machine. */
  readonly serverPids: readonly number[];
}

/** Calls `use` once the past is processed. */
export function withShopOnServers<T>(
  client: OnKafka['client'],
  use: (shop: ShopOnServers) => Promise<T>,
  environment: Environment = {},
): Promise<T> {
  return withServers(client, (servers) =>
    inTemporaryFolder(async (folder) => {
      const log = await openLogOn({ client, brokers: servers.kafka.address() });
      await fillPast(log);
      await log.close();
      const all = { ...servers.environment, ...environment };
      const customers = await startIn(join(folder, 'customers'), all, customersCommand);
      const others = await startIn(join(folder, 'others'), all, othersCommand);
      const gateway = await startIn(join(folder, 'gateway'), all, gatewayCommand);
      try {
        await gateway.ready();
        await Promise.all([customers, others].map((each) => workedOff(each)));
        return await use({ gateway, customers, others, serverPids: [servers.kafka.pid, servers.redis.pid] });
      } finally {
        await Promise.all([gateway, customers, others].map((each) => each.stop()));
      }
    }),
  );
}

/** In a data folder of its own. */
export function startIn(
  dataDir: string,
  environment: Environment,
  command: readonly string[],
): Promise<FreshetProcess> {
  mkdirSync(dataDir, { recursive: true });
  return startFreshet(dataDir, environment, command);
}
