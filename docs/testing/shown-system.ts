// A system started as the README says, on a free port and a data folder of its own, for tests that run what the pages show.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface ShownSystem {
  readonly url: string;
  /** Ends it with `signal` and waits until it has ended. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

const startTimeoutMs = 30_000;
const readyTimeoutMs = 60_000;

/** Runs `command`, such as `npm start`, and resolves once the system is ready. */
export async function startShown(command: string, environment: Readonly<Record<string, string>>): Promise<ShownSystem> {
  const env = { ...process.env, API_HOST: '', API_KEYS: '', API_PORT: '0', LOG_LEVEL: 'warn', ...environment };
  // A process group of its own, so that npm and what it starts can be killed together.
  const started = spawn('bash', ['-c', `exec ${command}`], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (started.exitCode !== null || started.signalCode !== null) return;
    const ended = once(started, 'exit');
    if (started.pid !== undefined) process.kill(-started.pid, signal);
    await ended;
  };
  try {
    const url = await urlOf(started);
    await ready(url);
    return { url, end };
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
}

/** Runs a command of a page as a shell would, in `folder`. */
export function shell(
  command: string,
  { folder = '.', environment = {} }: { folder?: string; environment?: Readonly<Record<string, string>> } = {},
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const env = { ...process.env, ...environment };
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
    encoding: 'utf8',
    timeout: startTimeoutMs,
    cwd: folder,
    env,
  });
  return { status, stdout, stderr };
}

function urlOf(started: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = () => reject(new Error(`it did not start: ${said}`));
    const timer = setTimeout(fail, startTimeoutMs);
    started.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    started.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const url = /http:\/\/\S+:\d+/.exec(said)?.[0];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
    started.once('exit', fail);
  });
}

async function ready(url: string): Promise<void> {
  const untilMs = Date.now() + readyTimeoutMs;
  for (let said = ''; ; said = await readiness(url)) {
    if (said === 'ready') return;
    if (Date.now() > untilMs) throw new Error(`it did not become ready: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function readiness(url: string): Promise<string> {
  const answer = await fetch(`${url}/readyz`).catch((error: unknown) => error);
  if (!(answer instanceof Response)) return String(answer);
  return answer.ok ? 'ready' : answer.text();
}
