// A real broker for tests and benchmarks: Apache Kafka (one node, KRaft) on this machine's Java, or Redpanda where a container engine
// answers.
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leftOut } from '../left-out.ts';
import { hasContainerEngine } from './container-engine.ts';
import { hastyFlag, kafkaJava } from './kafka-java.ts';
import { freePort, hasCommand, startProgram, type Program } from './program.ts';
import { startRedpanda } from './redpanda.ts';
import { run } from './run.ts';

export interface KafkaOptions {
  /** Server properties beside the usual ones, or in place of them. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Listeners beside the plain one, by name: lower case letters. */
  readonly listeners?: Readonly<Record<string, KafkaListener>>;
  /** Users whom the broker itself keeps. */
  readonly scramUsers?: readonly ScramUser[];
  /** What it wrote, also to its output, is left there. @default gone with `remove` */
  readonly keptIn?: string;
  /** Compiles itself as brokers do that run for weeks, which takes its first minute. @default false */
  readonly isLasting?: boolean;
}

export interface KafkaListener {
  readonly protocol: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
  /** Where clients are sent in place of its own address: a proxy in front of it. */
  readonly advertised?: string;
  /** Without the `listener.name.<name>.` in front. */
  readonly properties?: Readonly<Record<string, string>>;
}

export interface ScramUser {
  readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly name: string;
  readonly password: string;
}

export interface KafkaServer {
  /** 0 in a container. */
  readonly pid: number;
  /** `host:port` of the plain listener, or of the one named. */
  address(listener?: string): string;
  /** Ends in order; its data stays. */
  stop(): Promise<void>;
  /** SIGKILL; its data stays. */
  kill(): Promise<void>;
  /** Starts it again after `stop` or `kill`, at the same ports. */
  start(): Promise<void>;
  /** It stands still, its connections stay open. */
  pause(): void;
  resume(): void;
  /** A further broker of its cluster, with listeners of the same names. The first one alone is the controller. Not started yet. */
  another(): Promise<KafkaServer>;
  /** Ends it and deletes its data. */
  remove(): Promise<void>;
}

/** Undefined, and noted as left out, where it can't run. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaServer | undefined> {
  if (Object.keys(options).length === 0 && hasContainerEngine()) return startRedpanda();
  const missing = ['java', 'mvn'].filter((command) => !hasCommand(command));
  if (missing.length > 0) {
    leftOut(`Apache Kafka needs ${missing.join(' and ')}.`);
    return undefined;
  }
  const java = await kafkaJava(async (args) => {
    const once = await started(args, {});
    await once.stop();
    await once.remove();
  });
  return started(java, options);
}

async function started(java: readonly string[], options: KafkaOptions): Promise<KafkaServer> {
  const kafka = await ApacheKafka.create(java, options);
  try {
    await kafka.start();
    return kafka;
  } catch (error) {
    await kafka.remove();
    throw error;
  }
}

const host = '127.0.0.1';
const plain = 'plain';
const controller = 'controller';
const readyWithinMs = 120_000;

interface PlaceInCluster {
  readonly clusterId: string;
  readonly node: number;
  readonly voters: string;
}

class ApacheKafka implements KafkaServer {
  readonly #java: readonly string[];
  readonly #folder: string;
  readonly #ports: ReadonlyMap<string, number>;
  readonly #options: KafkaOptions;
  readonly #place: PlaceInCluster;
  #nodes = 1;
  #program: Program | undefined;

  static async create(java: readonly string[], options: KafkaOptions, place?: PlaceInCluster): Promise<ApacheKafka> {
    const folder = mkdtempSync(join(options.keptIn ?? tmpdir(), 'freshet-kafka-'));
    const ports = new Map<string, number>();
    const names = [plain, ...(place === undefined ? [controller] : []), ...Object.keys(options.listeners ?? {})];
    for (const name of names) ports.set(name, await freePort());
    const itself = { clusterId: newClusterId(), node: 1, voters: `1@${host}:${ports.get(controller)}` };
    const kafka = new ApacheKafka(java, folder, ports, options, place ?? itself);
    kafka.#format();
    return kafka;
  }

  private constructor(
    java: readonly string[],
    folder: string,
    ports: ReadonlyMap<string, number>,
    options: KafkaOptions,
    place: PlaceInCluster,
  ) {
    this.#java = java;
    this.#folder = folder;
    this.#ports = ports;
    this.#options = options;
    this.#place = place;
  }

  another(): Promise<KafkaServer> {
    this.#nodes += 1;
    const listeners = Object.entries(this.#options.listeners ?? {}).map(([name, { protocol }]) => [name, { protocol }]);
    const options = {
      ...this.#options,
      listeners: Object.fromEntries(listeners) as KafkaOptions['listeners'] & object,
    };
    return ApacheKafka.create(this.#java, options, { ...this.#place, node: this.#nodes });
  }

  get pid(): number {
    return this.#program?.pid ?? 0;
  }

  address(listener = plain): string {
    return `${host}:${this.#ports.get(listener)}`;
  }

  async start(): Promise<void> {
    const lasting = this.#java.filter((flag) => flag !== hastyFlag);
    this.#program = await startProgram({
      command: 'java',
      args: [...(this.#options.isLasting === true ? lasting : this.#java), 'kafka.Kafka', this.#propertiesFile],
      isReady: (output) => output.includes('Kafka Server started'),
      readyWithinMs,
    });
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
    this.#noteOutput();
  }

  async kill(): Promise<void> {
    await this.#program?.kill();
    this.#noteOutput();
  }

  pause(): void {
    this.#program?.pause();
  }

  resume(): void {
    this.#program?.resume();
  }

  async remove(): Promise<void> {
    await this.kill();
    if (this.#options.keptIn === undefined) rmSync(this.#folder, { recursive: true, force: true });
  }

  #noteOutput(): void {
    if (this.#options.keptIn !== undefined)
      appendFileSync(join(this.#folder, 'output.txt'), this.#program?.output() ?? '');
    this.#program = undefined;
  }

  get #propertiesFile(): string {
    return join(this.#folder, 'server.properties');
  }

  #format(): void {
    const { clusterId, node } = this.#place;
    const options = this.#options;
    const dataFolder = join(this.#folder, 'data');
    mkdirSync(dataFolder);
    const properties = {
      ...this.#listeners(options.listeners ?? {}),
      'node.id': String(node),
      'process.roles': this.#ports.has(controller) ? 'broker,controller' : 'broker',
      'log.dirs': dataFolder,
      ...options.properties,
    };
    const lines = Object.entries({ ...usualProperties, ...properties }).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(this.#propertiesFile, lines.join(''));
    const users = (options.scramUsers ?? []).flatMap(({ mechanism, name, password }) => [
      '--add-scram',
      `${mechanism}=[name=${name},password=${password}]`,
    ]);
    const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', this.#propertiesFile, ...users];
    run('java', [...this.#java.filter((arg) => !arg.startsWith('-XX:ArchiveClassesAtExit')), ...format]);
  }

  #listeners(more: Readonly<Record<string, KafkaListener>>): Record<string, string> {
    const names = [...this.#ports.keys()];
    const at = (name: string, address: string) => `${name.toUpperCase()}://${address}`;
    const protocol = (name: string) => `${name.toUpperCase()}:${more[name]?.protocol ?? 'PLAINTEXT'}`;
    return {
      listeners: names.map((name) => at(name, this.address(name))).join(),
      'advertised.listeners': names
        .filter((name) => name !== controller)
        .map((name) => at(name, more[name]?.advertised ?? this.address(name)))
        .join(),
      'listener.security.protocol.map': [...new Set([...names, controller])].map(protocol).join(),
      'controller.quorum.voters': this.#place.voters,
      ...Object.fromEntries(Object.entries(more).flatMap(([name, listener]) => prefixed(name, listener))),
    };
  }
}

function prefixed(name: string, { properties = {} }: KafkaListener): [string, string][] {
  return Object.entries(properties).map(([property, value]) => [`listener.name.${name}.${property}`, value]);
}

/** Nodes that forget nothing and wait for nobody. */
const usualProperties = {
  'inter.broker.listener.name': plain.toUpperCase(),
  'controller.listener.names': controller.toUpperCase(),
  'num.partitions': '1',
  'auto.create.topics.enable': 'false',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '4',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'min.insync.replicas': '1',
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '500',
  // A killed broker comes back only when its former self is given up.
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': '1000',
  'log.cleaner.dedupe.buffer.size': '16777216',
};

/** Sixteen random bytes, as Kafka writes them; one that began with a dash would be taken for an option. */
function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}
