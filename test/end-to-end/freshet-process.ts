// Freshet as those who run it have it: a process of its own on a data folder, asked over HTTP, ended by signals.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface FreshetProcess {
  readonly pid: number;
  readonly url: string;
  /** Milliseconds from the start of the process until the API listened. */
  readonly listeningMs: number;
  readonly ended: Promise<End>;
  /** What it wrote to standard output and error so far. */
  output(): string;
  /** With the first of the API_KEYS that it was started with. @throws Error when no whole answer came. */
  ask(method: string, path: string, body?: unknown): Promise<Reply>;
  /** Waits until `/readyz` says so; answers the milliseconds since the start. @throws Error when it ends or `withinMs` pass. */
  ready(withinMs?: number): Promise<number>;
  /** SIGTERM, and how it ended. */
  stop(): Promise<End>;
  /** SIGKILL. */
  kill(): Promise<End>;
  /** SIGSTOP: it stands still, and its connections stay open. */
  pause(): void;
  resume(): void;
}

export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  json<T>(): T;
}

export type Environment = Readonly<Record<string, string>>;

const program = fileURLToPath(new URL('../../cli/freshet.ts', import.meta.url));
/** Ends the program when the test is gone that started it. */
const followParent = new URL('../../bin/follow-parent.js', import.meta.url).href;
const listens = /listens on (http:\S+)/;
const readyWithinMs = 60_000;
const askEveryMs = 10;
const answerWithinMs = 30_000;
const outputCharsMax = 100_000;

/** Starts it with the shop closed and on a free port. @throws Error with what it said, when it ended before it listened. */
export async function startFreshet(
  dataDir: string,
  environment: Environment = {},
  command: readonly string[] = ['start'],
): Promise<FreshetProcess> {
  const startedMs = performance.now();
  const { child, output } = spawnFreshet(command, { DATA_DIR: dataDir, ...environment });
  const ended = endOf(child);
  const url = await Promise.race([listening(child, output), ended.then(() => undefined)]);
  if (url === undefined) throw new Error(`Freshet did not start:\n${output()}`);
  const listeningMs = performance.now() - startedMs;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  void ended.then(() => agent.destroy());
  const signalled = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  const key = environment['API_KEYS']?.split(':')[0];
  const ask = (method: string, path: string, body?: unknown) => send({ agent, key, method, url: url + path, body });
  return {
    pid: child.pid ?? 0,
    url,
    listeningMs,
    ended,
    output,
    ask,
    ready: async (withinMs = readyWithinMs) => {
      const isOver = () => child.exitCode !== null || child.signalCode !== null;
      while (!(await isReady(ask))) {
        if (isOver()) throw new Error(`Freshet ended before it was ready:\n${output()}`);
        if (performance.now() - startedMs > withinMs) throw new Error(`not ready within ${withinMs} ms:\n${output()}`);
        await sleep(askEveryMs);
      }
      return performance.now() - startedMs;
    },
    stop: () => signalled('SIGTERM'),
    kill: () => signalled('SIGKILL'),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
}

/** Runs a command that ends by itself. */
export async function runFreshet(args: readonly string[], environment: Environment): Promise<End & { output: string }> {
  const { child, output } = spawnFreshet(args, environment);
  const end = await endOf(child);
  return { ...end, output: output() };
}

function spawnFreshet(args: readonly string[], environment: Environment) {
  const { PATH = '', HOME = '', TMPDIR = tmpdir() } = process.env;
  const child = spawn(process.execPath, ['--import', followParent, program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH,
      HOME,
      TMPDIR,
      API_PORT: '0',
      DEMO: 'off',
      LOG_LEVEL: 'warn',
      // Tests start it hundreds of times: only the first one compiles.
      NODE_COMPILE_CACHE: join(TMPDIR, 'freshet-compile-cache'),
      ...environment,
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-outputCharsMax)));
  }
  return { child, output: () => said };
}

async function endOf(child: ChildProcess): Promise<End> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal };
}

function listening(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve) => {
    child.stdout?.on('data', () => {
      const url = listens.exec(output())?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

async function isReady(ask: FreshetProcess['ask']): Promise<boolean> {
  try {
    return (await ask('GET', '/readyz')).status === 200;
  } catch {
    return false; // it may be going down: the caller looks
  }
}

interface Asked {
  readonly agent: Agent;
  readonly key: string | undefined;
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
}

function send({ agent, key, method, url, body }: Asked): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers = {
      ...(bytes !== undefined && { 'content-type': 'application/json', 'content-length': bytes.length }),
      ...(key !== undefined && { 'x-api-key': key }),
    };
    const request = httpRequest(url, { method, agent, headers, timeout: answerWithinMs }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: <T>() => JSON.parse(text) as T,
        });
      });
    });
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error(`no answer to ${method} ${url} in ${answerWithinMs} ms`)));
    request.end(bytes);
  });
}
