// What chaos strikes at: a broker and Redis behind ways that can be cut, processes that share the stages, and gateways before them.
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startFreshet, type Environment, type FreshetProcess } from '../end-to-end/freshet-process.ts';
import { leftOut } from '../left-out.ts';
import { startKafka, type KafkaServer } from '../servers/kafka.ts';
import { freePort } from '../servers/program.ts';
import { hasRedis, RedisServer, withoutRedis } from '../servers/redis.ts';
import { startToxiproxy, type Way } from '../servers/toxiproxy.ts';

export interface ClusterOptions {
  /** What broker and processes wrote stays there. */
  readonly folder: string;
  readonly kafkaClient: string;
  /** Processes that run all stages and the sink. */
  readonly workers: number;
  readonly gateways: number;
  /** For the processes of Freshet, beside what they need. */
  readonly environment?: Environment;
}

export interface Cluster {
  readonly kafka: KafkaServer;
  readonly redis: RedisServer;
  readonly toKafka: Way;
  readonly toRedis: Way;
  readonly workers: readonly Member[];
  readonly gateways: readonly Member[];
  stop(): Promise<void>;
}

export const sessionTimeoutMs = 4_000;
export const partitions = 4;
export const prefix = 'chaos';

/** Undefined, and noted as left out, where one of the servers can't run. */
export async function startCluster(options: ClusterOptions): Promise<Cluster | undefined> {
  await using opened = new AsyncDisposableStack();
  const [kafkaPort, redisPort] = [await freePort(), await freePort()];
  const kafka = await startKafka({
    listeners: { proxied: { protocol: 'PLAINTEXT', advertised: `127.0.0.1:${kafkaPort}` } },
    keptIn: options.folder,
  });
  if (kafka === undefined) return undefined;
  opened.defer(() => kafka.remove());
  if (!hasRedis()) {
    leftOut(withoutRedis);
    return undefined;
  }
  const redis = await RedisServer.start();
  opened.defer(() => redis.remove());
  const toxiproxy = await startToxiproxy();
  if (toxiproxy === undefined) return undefined;
  opened.defer(() => toxiproxy.stop());
  const toKafka = await toxiproxy.open('kafka', kafkaPort, kafka.address('proxied'));
  const toRedis = await toxiproxy.open('redis', redisPort, `127.0.0.1:${redis.port}`);
  const environment = {
    KAFKA_BROKERS: `127.0.0.1:${kafkaPort}`,
    KAFKA_CLIENT: options.kafkaClient,
    KAFKA_SESSION_TIMEOUT_MS: String(sessionTimeoutMs),
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    TOPIC_PREFIX: prefix,
    PARTITIONS: String(partitions),
    ...options.environment,
  };
  const workers = membersOf(options.workers, 'worker', ['run', 'customers', 'items', 'rankings', 'serve']);
  const gateways = membersOf(options.gateways, 'gateway', ['gateway']);
  const members = [...workers, ...gateways];
  opened.defer(async () => {
    await Promise.all(members.map((member) => member.kill()));
  });
  // One after the other at first: the first one creates the topics.
  for (const member of members) await member.start();
  const closing = opened.move();
  return { kafka, redis, toKafka, toRedis, workers, gateways, stop: () => closing.disposeAsync() };

  function membersOf(count: number, role: string, command: readonly string[]): Member[] {
    return Array.from({ length: count }, (_, number) => {
      const dataDir = join(options.folder, `${role}-${number}`);
      return new Member(`${role} ${number}`, dataDir, command, environment);
    });
  }
}

/** A process of Freshet that dies and comes back. */
export class Member {
  readonly name: string;
  readonly #environment: Environment;
  readonly #command: readonly string[];
  #dataDir: string;
  #lives = 0;
  #startedMs = 0;
  #process: FreshetProcess | undefined;

  constructor(name: string, dataDir: string, command: readonly string[], environment: Environment) {
    this.name = name;
    this.#dataDir = dataDir;
    this.#command = command;
    this.#environment = environment;
  }

  /** Undefined while it is dead. */
  get process(): FreshetProcess | undefined {
    return this.#process;
  }

  /** `afresh`: on another machine, as it were, without its local state. Resolves once it listens. */
  async start({ afresh = false } = {}): Promise<void> {
    this.#lives += 1;
    if (afresh) this.#dataDir = `${this.#dataDir}-${this.#lives}`;
    mkdirSync(this.#dataDir, { recursive: true });
    this.#startedMs = performance.now();
    const started = await startFreshet(this.#dataDir, this.#environment, this.#command);
    this.#process = started;
    void started.ended.then(() => {
      appendFileSync(join(this.#dataDir, 'output.txt'), started.output());
      if (this.#process === started) this.#process = undefined;
    });
  }

  /** However long it has lived. @throws Error when it is not ready within that time from now. */
  async ready(withinMs: number): Promise<void> {
    await this.#process?.ready(performance.now() - this.#startedMs + withinMs);
  }

  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
  }
}
