// A gateway on fakes, asked over real HTTP. Every answer is held against the API's document.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { openLogger } from '../../config/log-output.ts';
import { readSettings, type Environment } from '../../config/settings.ts';
import type { GatewayDependencies, RuntimeStatus } from '../dependencies.ts';
import { createGateway, type Gateway } from '../gateway.ts';
import { aTopology, nowMs, runningSince } from './examples.ts';
import { FakeLog } from './fake-log.ts';
import { FakeServing } from './fake-serving.ts';
import { heldAgainst } from './held-against-document.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; its shape is what the test is about. */
  readonly json: Json;
}

export type Json = { readonly [name: string]: Json } & readonly Json[];

export interface Asked {
  readonly body?: unknown;
  readonly rawBody?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Bench {
  readonly gateway: Gateway;
  readonly log: FakeLog;
  readonly serving: FakeServing;
  readonly logLines: string[];
  readonly url: string;
  time: number;
  status: RuntimeStatus;
  ask(method: string, path: string, asked?: Asked): Promise<Reply>;
  close(): Promise<void>;
}

export const runningStatus: RuntimeStatus = {
  parts: [{ name: 'customers stage', ready: true }],
  tasks: [{ stage: 'customers', partition: 0, state: 'running', lagRecords: 3 }],
  recordsProcessed: runningSince,
  freshnessMs: { p50: 4, p99: 20 },
  counts: { customers: 2 },
};

export const partitions = 4;

/** Not murmur2, but as steady. */
export function partitionOf(key: Buffer): number {
  return key.reduce((sum, byte) => sum + byte, 0) % partitions;
}

/** Only keys would be looked for in the data folder. */
const noFolder = join(tmpdir(), 'freshet-bench-without-folder');

export async function openBench(
  environment: Environment = {},
  overrides: Partial<GatewayDependencies> = {},
): Promise<Bench> {
  const log = new FakeLog();
  const serving = new FakeServing();
  const logLines: string[] = [];
  const { settings } = readSettings({
    API_PORT: '0',
    DATA_DIR: noFolder,
    MIN_POSITION_WAIT_MS: '60',
    // Tests run beside each other on machines that are busy with other things.
    OVERLOAD_DELAY_MS: '60000',
    ...environment,
  });
  const bench = { time: nowMs, status: runningStatus };
  const gateway = createGateway({
    settings,
    log,
    serving,
    physicalName: (name) => `freshet.${name}.v1`,
    partitionOf,
    scoreSession: (session) =>
      session.map((item) => ({ item_id: `like-${item}`, score: 1, algorithm: 'co_visitation', because: [item] })),
    status: () => bench.status,
    topology: aTopology,
    clock: { nowMs: () => bench.time, sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
    metrics: new Registry(),
    logger: openLogger(settings, { write: (line) => void logLines.push(line) }),
    version: '0.0.0',
    ...overrides,
  });
  const { port } = await gateway.listen();
  const url = `http://127.0.0.1:${port}`;
  return Object.assign(bench, {
    gateway,
    log,
    serving,
    logLines,
    url,
    ask: async (method: string, path: string, asked: Asked = {}) => {
      const reply = await ask(`${url}${path}`, method, asked);
      heldAgainst(await apiDocument())(method, path, reply);
      return reply;
    },
    close: () => gateway.close(),
  });
}

let document: Promise<string> | undefined;

/** What the API's document says of answers depends on no setting: one is enough for all, and asking for it counts nowhere. */
function apiDocument(): Promise<string> {
  document ??= openBench().then(async (bench) => {
    const answer = await fetch(`${bench.url}/openapi.json`);
    await bench.close();
    return answer.text();
  });
  return document;
}

async function ask(url: string, method: string, { body, rawBody, headers = {} }: Asked): Promise<Reply> {
  const sent = rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(url, {
    method,
    headers: { ...(sent !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(sent !== undefined && { body: typeof sent === 'string' ? sent : new Uint8Array(sent) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: (isJson && text !== '' ? JSON.parse(text) : {}) as Json,
  };
}
