// Redis servers of our own for tests and benchmarks, each in a folder of its own and on ports that nobody else has. One outlives its
// restarts: same port, same data. They are programs of this machine, or containers where it has none.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { hasContainerEngine } from './container-engine.ts';
import { freePort, hasCommand, startProgram } from './program.ts';
import { startRedisContainer, type RedisProgram } from './redis-container.ts';

const cli: RedisProgram['cli'] = ['redis-cli'];

/** What a test says that can't run. */
export const withoutRedis =
  'Redis: there is neither a redis-server on this machine (Debian: apt-get install redis-server) nor a container engine';

export function hasRedis(): boolean {
  return isInstalled() || hasContainerEngine();
}

function isInstalled(): boolean {
  return hasCommand('redis-server') && hasCommand('redis-cli');
}

export interface RedisServerOptions {
  /** Lines of its configuration, such as `requirepass secret`. */
  readonly config?: readonly string[];
  /** For `redis-cli`, when the server asks for them. */
  readonly cliArgs?: readonly string[];
  /** Whether what was written outlives a restart (appendonly, synced each time). @default false */
  readonly isPersistent?: boolean;
  readonly isTls?: boolean;
  readonly isSentinel?: boolean;
}

export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  readonly #options: RedisServerOptions;
  #program: RedisProgram | null = null;

  private constructor(port: number, folder: string, options: RedisServerOptions) {
    this.port = port;
    this.#folder = folder;
    this.#options = options;
  }

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(await clusterSafePort(), mkdtempSync(join(tmpdir(), 'freshet-redis-')), options);
    // A sentinel writes what it learns into its configuration: it is written once, and kept through restarts.
    writeFileSync(server.#configFile, server.#config());
    await server.startAgain();
    return server;
  }

  get url(): string {
    return `${this.#options.isTls === true ? 'rediss' : 'redis'}://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#program?.pid ?? 0;
  }

  /** After `stop` or `kill`. */
  async startAgain(): Promise<void> {
    const args = [this.#configFile, ...(this.#options.isSentinel === true ? ['--sentinel'] : [])];
    this.#program = isInstalled() ? await this.#startHere(args) : await startRedisContainer(args);
  }

  async #startHere(args: readonly string[]): Promise<RedisProgram> {
    const isReady = () => this.cli('PING') === 'PONG';
    return { ...(await startProgram({ command: 'redis-server', args, isReady })), cli };
  }

  /** How to call `redis-cli` beside it. */
  get cliCommand(): RedisProgram['cli'] {
    return this.#program?.cli ?? cli;
  }

  /** What `redis-cli` prints. */
  cli(...args: readonly string[]): string {
    const login = [...(this.#options.cliArgs ?? []), ...(this.#options.isTls === true ? ['--tls', '--insecure'] : [])];
    const [command, ...prefix] = this.cliCommand;
    return execFileSync(command, [...prefix, '-p', String(this.port), ...login, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    }).trimEnd();
  }

  /** In order: what was written is kept as far as the configuration says so. */
  async stop(): Promise<void> {
    await this.#program?.stop();
  }

  async kill(): Promise<void> {
    await this.#program?.kill();
  }

  pause(): void {
    this.#program?.pause();
  }

  resume(): void {
    this.#program?.resume();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.startAgain();
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #configFile(): string {
    return join(this.#folder, 'redis.conf');
  }

  #config(): string {
    const { config = [], isTls = false, isPersistent = false, isSentinel = false } = this.#options;
    const data = isPersistent ? ['appendonly yes', 'appendfsync always'] : ['save ""', 'appendonly no'];
    return [
      'bind 127.0.0.1',
      'protected-mode no',
      'daemonize no',
      `dir ${this.#folder}`,
      ...(isTls ? ['port 0', `tls-port ${this.port}`] : [`port ${this.port}`]),
      ...(isSentinel ? [] : data),
      ...config,
    ]
      .map((line) => `${line}\n`)
      .join('');
  }
}

/** Three primaries without replicas, or with one each. */
export class RedisCluster {
  readonly nodes: readonly RedisServer[];

  private constructor(nodes: readonly RedisServer[]) {
    this.nodes = nodes;
  }

  static async start({ replicas = 0 }: { readonly replicas?: 0 | 1 } = {}): Promise<RedisCluster> {
    const config = ['cluster-enabled yes', 'cluster-node-timeout 1000', 'cluster-replica-validity-factor 0'];
    const count = 3 * (1 + replicas);
    const nodes = await Promise.all(Array.from({ length: count }, () => RedisServer.start({ config })));
    const cluster = new RedisCluster(nodes);
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
    await cluster.#manage('create', ...addresses, '--cluster-replicas', String(replicas), '--cluster-yes');
    await until(() => nodes.every((node) => node.cli('CLUSTER', 'INFO').includes('cluster_state:ok')));
    if (replicas > 0)
      await until(() => nodes.slice(3).every((node) => node.cli('INFO', 'replication').includes('link_status:up')));
    return cluster;
  }

  get urls(): string[] {
    return this.nodes.map(({ url }) => url);
  }

  /** Moves slots, with what is in them, from one node to another. */
  async reshard(from: RedisServer, to: RedisServer, slots: number): Promise<void> {
    const id = (node: RedisServer): string => node.cli('CLUSTER', 'MYID');
    const which = ['--cluster-from', id(from), '--cluster-to', id(to), '--cluster-slots', String(slots)];
    await this.#manage('reshard', `127.0.0.1:${from.port}`, ...which, '--cluster-yes');
  }

  async remove(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.remove()));
  }

  async #manage(...args: readonly string[]): Promise<void> {
    const [command, ...prefix] = this.nodes[0]?.cliCommand ?? cli;
    await run(command, [...prefix, '--cluster', ...args], { timeout: 60_000 });
  }
}

/** A primary, its replica, and sentinels that put the replica in the primary's place. */
export class RedisSentinels {
  static readonly groupName = 'freshet';
  readonly servers: readonly [RedisServer, RedisServer];
  readonly sentinels: readonly RedisServer[];

  private constructor(servers: readonly [RedisServer, RedisServer], sentinels: readonly RedisServer[]) {
    this.servers = servers;
    this.sentinels = sentinels;
  }

  static async start({ sentinels: count = 1 }: { readonly sentinels?: number } = {}): Promise<RedisSentinels> {
    const primary = await RedisServer.start();
    const replica = await RedisServer.start({ config: [`replicaof 127.0.0.1 ${primary.port}`] });
    const name = RedisSentinels.groupName;
    const config = [
      `sentinel monitor ${name} 127.0.0.1 ${primary.port} ${Math.floor(count / 2) + 1}`,
      `sentinel down-after-milliseconds ${name} 500`,
      `sentinel failover-timeout ${name} 3000`,
    ];
    const starting = Array.from({ length: count }, () => RedisServer.start({ config, isSentinel: true }));
    const all = new RedisSentinels([primary, replica], await Promise.all(starting));
    await until(() => replica.cli('INFO', 'replication').includes('master_link_status:up'));
    await until(() => all.sentinels.every((each) => each.cli('SENTINEL', 'replicas', name).includes('127.0.0.1')));
    return all;
  }

  get urls(): string[] {
    return this.sentinels.map(({ url }) => url);
  }

  async remove(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.servers].map((server) => server.remove()));
  }
}

const run = promisify(execFile);
const untilMsMax = 30_000;

async function until(holds: () => boolean): Promise<void> {
  const endMs = performance.now() + untilMsMax;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error('Redis servers did not find one another in time');
    await sleep(50);
  }
}

/** A node of a Cluster also listens 10,000 above its port. */
async function clusterSafePort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port < 55_000) return port;
  }
}
