// Connections that can be cut, slowed down and put back: Shopify's toxiproxy between two programs of this machine.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { leftOut } from '../left-out.ts';
import { kept } from './kept.ts';
import { freePort, hasCommand, startProgram } from './program.ts';

export interface Toxiproxy {
  /** A way to `upstream` (`host:port`) that stands at `port` of this machine. */
  open(name: string, port: number, upstream: string): Promise<Way>;
  stop(): Promise<void>;
}

/** All connections that pass one way. */
export interface Way {
  /** Ends them; new ones are refused until `mend`. */
  cut(): Promise<void>;
  /** Everything takes so much longer, in both directions together. */
  slow(latencyMs: number): Promise<void>;
  /** Nothing passes any more, and nobody is told. */
  swallow(): Promise<void>;
  mend(): Promise<void>;
}

const version = 'v2.5.0';

/** Undefined, and noted as left out, where it can't run. */
export async function startToxiproxy(): Promise<Toxiproxy | undefined> {
  if (!hasCommand('go')) {
    leftOut('toxiproxy needs go.');
    return undefined;
  }
  const folder = await kept(`toxiproxy-${version}`, async (unfinished) => build(unfinished));
  const port = await freePort();
  const api = `http://127.0.0.1:${port}`;
  const program = await startProgram({
    command: join(folder, 'server'),
    args: ['-host', '127.0.0.1', '-port', String(port)],
    isReady: async () => (await fetch(`${api}/version`)).ok,
  });
  return {
    open: async (name, listenPort, upstream) => {
      await ask(`${api}/proxies`, 'POST', { name, listen: `127.0.0.1:${listenPort}`, upstream, enabled: true });
      return wayOf(`${api}/proxies/${name}`);
    },
    stop: () => program.stop(),
  };
}

function wayOf(proxy: string): Way {
  let toxics: string[] = [];
  const add = async (name: string, type: string, stream: string, attributes: Record<string, number>) => {
    toxics.push(name);
    await ask(`${proxy}/toxics`, 'POST', { name, type, stream, attributes });
  };
  return {
    cut: () => ask(proxy, 'POST', { enabled: false }),
    slow: (latencyMs) => add('slow', 'latency', 'downstream', { latency: latencyMs }),
    swallow: async () => {
      await add('swallow-up', 'timeout', 'upstream', { timeout: 0 });
      await add('swallow-down', 'timeout', 'downstream', { timeout: 0 });
    },
    mend: async () => {
      const [former] = [toxics, (toxics = [])];
      await Promise.all(former.map((name) => ask(`${proxy}/toxics/${name}`, 'DELETE')));
      await ask(proxy, 'POST', { enabled: true });
    },
  };
}

async function ask(url: string, method: string, body?: object): Promise<void> {
  const answer = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`toxiproxy: ${method} ${url} was answered ${answer.status}: ${await answer.text()}`);
}

function build(folder: string): void {
  const { status, stderr } = spawnSync('go', ['install', `github.com/Shopify/toxiproxy/v2/cmd/server@${version}`], {
    env: { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`toxiproxy could not be built:\n${stderr}`);
}
