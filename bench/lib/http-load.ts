// GET requests over connections that stay open.
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.ts';
import { quantiles, type Quantiles } from './quantiles.ts';

export interface HttpLoad {
  readonly port: number;
  /** Asked for in turn. */
  readonly paths: readonly string[];
  readonly seconds: number;
  readonly connections: number;
  readonly key?: string;
  /** As many as are answered when left out. */
  readonly perSecond?: number;
}

export interface HttpLoadFigures {
  readonly requests: number;
  readonly requests_per_second: number;
  /** With a rate: from when the request was due. */
  readonly ms: Quantiles;
}

/** @throws Error at an answer other than 200. */
export async function loadHttp(load: HttpLoad): Promise<HttpLoadFigures> {
  const { seconds, connections } = load;
  const startMs = performance.now();
  const took = await Promise.all(Array.from({ length: connections }, (_, number) => askInTurn(load, number, startMs)));
  const ms = took.flat();
  return { requests: ms.length, requests_per_second: Math.round(ms.length / seconds), ms: quantiles(ms) };
}

async function askInTurn(load: HttpLoad, number: number, startMs: number): Promise<number[]> {
  const { port, key, paths, seconds, connections, perSecond } = load;
  const everyMs = perSecond === undefined ? 0 : (1000 * connections) / perSecond;
  const connection = new Connection(port, key);
  const took: number[] = [];
  let dueMs = startMs + (everyMs * number) / connections;
  for (let at = number; dueMs < startMs + seconds * 1000; at += connections) {
    while (everyMs > 0 && performance.now() < dueMs) await sleep(1);
    const fromMs = everyMs > 0 ? dueMs : performance.now();
    const { status, text } = await connection.get(paths[at % paths.length] ?? '/');
    if (status !== 200) throw new Error(`${status}: ${text()}`);
    const nowMs = performance.now();
    took.push(nowMs - fromMs);
    dueMs = everyMs > 0 ? dueMs + everyMs : nowMs;
  }
  connection.end();
  return took;
}
