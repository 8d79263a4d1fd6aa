// How long after its POST an event shows in the customer's recommendations, over HTTP, at 200 and at 1,000 events per second,
// posted one by one and ten at a time: in one process, with the thread that processes answering HTTP too and with one of its own for
// that; or, with `--on servers`, through Kafka and Redis, with a process for the stage of customers, one for the others and one for the API,
// by each client.
import { setTimeout as sleep } from 'node:timers/promises';
import { createShop } from '../demo/shop.ts';
import type { Interaction } from '../schemas/types.ts';
import { kafkaClientNames } from '../streams/log/kafka/settings.ts';
import { shopInteractions } from './lib/backlog.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';
import { Connections } from './lib/connection.ts';
import { postBody } from './lib/post-body.ts';
import { cpuSecondsOf, ownMibOf } from './lib/process-cost.ts';
import { quantiles, rounded } from './lib/quantiles.ts';
import { withShop } from './lib/shop-folder.ts';
import { withShopOnServers } from './lib/shop-on-servers.ts';

const SEED = 1;
const WARM_UP_SECONDS = 5;
/** A broker that has just been started is slow for a minute, and compiles itself on the cores that are measured. */
const BROKER_WARM_UP_SECONDS = 40;
const SAMPLES_PER_SECOND = 50;
const POSTS_AT_ONCE = 64;

/** How events arrive, and with how many threads for HTTP. */
const WAYS: readonly Way[] = [
  { perSecond: 200, perPost: 1, workers: 0 },
  { perSecond: 1_000, perPost: 1, workers: 0 },
  { perSecond: 1_000, perPost: 10, workers: 0 },
  { perSecond: 200, perPost: 1, workers: 1 },
  { perSecond: 1_000, perPost: 1, workers: 1 },
  { perSecond: 1_000, perPost: 10, workers: 1 },
];

interface Way {
  readonly perSecond: number;
  readonly perPost: number;
  readonly workers: number;
}

export async function run({ seconds = 20, workers, on = 'embedded', client }: BenchOptions): Promise<Figures> {
  return on === 'servers' ? onServers(seconds, client) : inOneProcess(seconds, workers);
}

/** Threads for HTTP make no difference here: the API has a process of its own. */
async function onServers(seconds: number, only: string | undefined): Promise<Figures> {
  const ways = WAYS.filter(({ workers }) => workers === 0);
  const busy: Way = { perSecond: 1_000, perPost: 1, workers: 0 };
  const byClient: Record<string, Figures[]> = {};
  for (const client of kafkaClientNames.filter((name) => only === undefined || name === only)) {
    byClient[client] = await withShopOnServers(client, async ({ gateway, customers, others, serverPids }) => {
      const processes = { gateway: gateway.pid, customers: customers.pid, others: others.pid };
      const served = { url: gateway.url, processes, serverPids };
      await new Load(served, busy).run(BROKER_WARM_UP_SECONDS);
      return measure(served, ways, seconds);
    });
  }
  return { goal_readable_ms_p99: 100, seconds, ...byClient };
}

async function inOneProcess(seconds: number, workers: number | undefined): Promise<Figures> {
  const ways = workers === undefined ? WAYS : WAYS.filter((way) => way.workers === workers);
  const figures: Figures[] = [];
  for (const [threads, ofThreads] of Map.groupBy(ways, (way) => way.workers)) {
    const environment = { GATEWAY_WORKERS: String(threads) };
    await withShop(async ({ url, pid }) => {
      figures.push(...(await measure({ url, processes: { freshet: pid } }, ofThreads, seconds)));
    }, environment);
  }
  return { goal_readable_ms_p99: 50, seconds, figures };
}

async function measure(served: Served, ways: readonly Way[], seconds: number): Promise<Figures[]> {
  const figures: Figures[] = [];
  for (const way of ways) {
    await new Load(served, way).run(WARM_UP_SECONDS);
    const measured = { ...way, ...(await new Load(served, way).run(seconds)) };
    console.log(measured);
    figures.push(measured);
  }
  return figures;
}

/** The processes that do the work, and where they are asked. */
interface Served {
  readonly url: string;
  /** Their ids, by what they do. */
  readonly processes: Readonly<Record<string, number>>;
  /** Of the broker and Redis. */
  readonly serverPids?: readonly number[];
}

/** Sends at a steady rate, whatever the answers take, up to a number of requests under way. */
class Load {
  readonly #processes: Served['processes'];
  readonly #serverPids: readonly number[];
  readonly #way: Way;
  readonly #connections: Connections;
  readonly #events: Iterator<Interaction>;
  readonly #postMs: number[] = [];
  readonly #readableMs: number[] = [];
  #underWay = 0;
  #notReached = 0;
  #turnedAway = 0;

  constructor({ url, processes, serverPids = [] }: Served, way: Way) {
    this.#processes = processes;
    this.#serverPids = serverPids;
    this.#way = way;
    this.#connections = new Connections(Number(new URL(url).port));
    this.#events = shopInteractions(createShop(SEED), Date.now(), way.perSecond);
  }

  async run(seconds: number): Promise<Figures> {
    const { perSecond, perPost } = this.#way;
    const startMs = performance.now();
    const pids = Object.values(this.#processes);
    const before = pids.map((pid) => cpuSecondsOf(pid));
    const serversBefore = sumOf(this.#serverPids.map((pid) => cpuSecondsOf(pid)));
    const sampleEvery = Math.max(1, Math.round(perSecond / perPost / SAMPLES_PER_SECOND));
    const sent: Promise<void>[] = [];
    for (let number = 0; number * perPost < seconds * perSecond; number += 1) {
      const dueMs = startMs + (number * perPost * 1000) / perSecond;
      while (performance.now() < dueMs || this.#underWay >= POSTS_AT_ONCE) await sleep(1);
      sent.push(this.#send(number % sampleEvery === 0));
    }
    const sendingSeconds = (performance.now() - startMs) / 1000;
    await Promise.all(sent);
    const after = pids.map((pid) => cpuSecondsOf(pid));
    const ownMib = pids.map((pid) => ownMibOf(pid));
    const servers = sumOf(this.#serverPids.map((pid) => cpuSecondsOf(pid)));
    this.#connections.end();
    const events = sent.length * perPost;
    const usPerEvent = (from: number | null, to: number | null) =>
      to === null || from === null ? null : rounded(((to - from) * 1e6) / events);
    const byProcess = Object.keys(this.#processes).map((name, at) => {
      const cpuUs = usPerEvent(before[at] ?? null, after[at] ?? null);
      return [name, { cpu_us_per_event: cpuUs, own_mib: ownMib[at] ?? null }] as const;
    });
    return {
      sent_per_second: Math.round(events / sendingSeconds),
      readable_ms: quantiles(this.#readableMs),
      post_ms: quantiles(this.#postMs),
      not_reached: this.#notReached,
      turned_away: this.#turnedAway,
      server_cpu_us_per_event: usPerEvent(sumOf(before), sumOf(after)),
      by_process: Object.fromEntries(byProcess),
      ...(this.#serverPids.length > 0 && { broker_and_redis_cpu_us_per_event: usPerEvent(serversBefore, servers) }),
    };
  }

  async #send(sampled: boolean): Promise<void> {
    const events = Array.from({ length: this.#way.perPost }, () => this.#events.next().value as Interaction); // endless
    const bodies = events.map(postBody);
    const startMs = performance.now();
    this.#underWay += 1;
    const path = '/api/v1/interactions';
    const reply = await this.#connections.use((connection) =>
      connection.post(path, JSON.stringify(bodies[1] === undefined ? bodies[0] : { events: bodies })),
    );
    this.#underWay -= 1;
    this.#postMs.push(performance.now() - startMs);
    if (reply.status === 503) return void (this.#turnedAway += 1);
    if (reply.status !== 202) throw new Error(`${reply.status} for good events: ${reply.text()}`);
    if (sampled)
      await this.#readable(
        events[0]?.customer_id ?? '',
        JSON.parse(reply.text()) as { position: string | null },
        startMs,
      );
  }

  /** Asks for the list of one of the customers, as of what was posted. */
  async #readable(customerId: string, { position }: { position: string | null }, startMs: number): Promise<void> {
    if (position === null) return; // not kept: some customers of the shop do not consent
    const path = `/api/v1/recommendations/${customerId}?min_position=${position}`;
    const answer = await this.#connections.use((connection) => connection.get(path));
    if (answer.status === 503) return void (this.#turnedAway += 1);
    if (answer.status !== 200) throw new Error(`${answer.status} for a good question: ${answer.text()}`);
    // What the server gave up waiting for counts as well, with at least the time that it waited.
    this.#readableMs.push(performance.now() - startMs);
    const { position_reached } = JSON.parse(answer.text()) as { position_reached: boolean | null };
    if (position_reached === false) this.#notReached += 1;
  }
}

/** null when one of them is not known. */
function sumOf(all: readonly (number | null)[]): number | null {
  return all.reduce((sum, each) => (sum === null || each === null ? null : sum + each), 0);
}
