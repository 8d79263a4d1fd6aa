// Requests over connections that stay open, as many as are answered or at a steady rate.
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.ts';
import { quantiles, type Quantiles } from './quantiles.ts';

/** A GET, or with a body a POST. */
export interface Ask {
  readonly path: string;
  /** JSON. */
  readonly body?: string;
}

export interface HttpLoad {
  readonly port: number;
  /** Asked in turn. */
  readonly asks: readonly Ask[];
  readonly seconds: number;
  readonly connections: number;
  readonly key?: string;
  /** As many as are answered when left out. */
  readonly perSecond?: number;
}

export interface HttpLoadFigures {
  readonly requests: number;
  readonly requests_per_second: number;
  /** Answered 503. */
  readonly refused: number;
  /** Of the others. With a rate: from when the request was due. */
  readonly ms: Quantiles;
}

interface Took {
  readonly accepted: number[];
  refused: number;
}

/** @throws Error at an answer other than 200, 202 or 503. */
export async function loadHttp(load: HttpLoad): Promise<HttpLoadFigures> {
  const { seconds, connections } = load;
  const startMs = performance.now();
  const all = await Promise.all(Array.from({ length: connections }, (_, number) => askInTurn(load, number, startMs)));
  const ms = all.flatMap(({ accepted }) => accepted);
  const refused = all.reduce((sum, each) => sum + each.refused, 0);
  return { requests: ms.length, requests_per_second: Math.round(ms.length / seconds), refused, ms: quantiles(ms) };
}

async function askInTurn(load: HttpLoad, number: number, startMs: number): Promise<Took> {
  const { port, key, asks, seconds, connections, perSecond } = load;
  const everyMs = perSecond === undefined ? 0 : (1000 * connections) / perSecond;
  const connection = new Connection(port, key);
  const took: Took = { accepted: [], refused: 0 };
  let dueMs = startMs + (everyMs * number) / connections;
  for (let at = number; dueMs < startMs + seconds * 1000; at += connections) {
    if (everyMs > 0) await until(dueMs);
    const fromMs = everyMs > 0 ? dueMs : performance.now();
    const status = await send(connection, asks[at % asks.length] ?? { path: '/' });
    const nowMs = performance.now();
    if (status === 503) took.refused += 1;
    else took.accepted.push(nowMs - fromMs);
    dueMs = everyMs > 0 ? dueMs + everyMs : nowMs;
  }
  connection.end();
  return took;
}

/** One timer each: hundreds of connections that looked again and again would take the machine from those they ask. */
async function until(dueMs: number): Promise<void> {
  for (let leftMs = dueMs - performance.now(); leftMs > 0; leftMs = dueMs - performance.now()) await sleep(leftMs);
}

async function send(connection: Connection, { path, body }: Ask): Promise<number> {
  const { status, text } = await (body === undefined ? connection.get(path) : connection.post(path, body));
  if (status !== 200 && status !== 202 && status !== 503) throw new Error(`${status}: ${text()}`);
  return status;
}
