// A system started as the README says, on a free port and a data folder of its own, for tests that run what the pages show.
import { spawn, type ChildProcessWithoutNullStreams as Started, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface ShownSystem {
  readonly url: string;
  /** Ends it with `signal` and waits until it has ended. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

const startTimeoutMs = 120_000;
/** The first time, the past of the demonstration shop is worked off before. */
const readyTimeoutMs = 300_000;

/** Runs `command`, such as `npm start`, and resolves once the system is ready. */
export async function startShown(
  command: string,
  environment: Readonly<Record<string, string>>,
  withinMs = startTimeoutMs,
): Promise<ShownSystem> {
  const env = { ...process.env, API_HOST: '', API_KEYS: '', API_PORT: '0', LOG_LEVEL: 'warn', ...environment };
  const started = inGroup(`exec ${command} </dev/null`, { env });
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    const isOver = started.exitCode !== null || started.signalCode !== null;
    const ended = isOver ? undefined : once(started, 'exit');
    // Also when npm itself is gone already: what it started may not be.
    signalGroup(started, signal);
    await ended;
  };
  try {
    const url = await urlOf(started, withinMs);
    await ready(url);
    return { url, end };
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
}

/** Runs a command of a page as a shell would, in `folder`. One that takes too long ends with all that it started. */
export async function shell(
  command: string,
  {
    folder = '.',
    environment = {},
    withinMs = startTimeoutMs,
  }: { folder?: string; environment?: Readonly<Record<string, string>>; withinMs?: number } = {},
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const started = inGroup(command, { env: { ...process.env, ...environment }, cwd: folder });
  const tooLong = setTimeout(() => signalGroup(started, 'SIGKILL'), withinMs);
  try {
    const [stdout, stderr, [status]] = await Promise.all([
      text(started.stdout),
      text(started.stderr),
      once(started, 'exit') as Promise<[number | null]>,
    ]);
    return { status, stdout, stderr };
  } finally {
    clearTimeout(tooLong);
    signalGroup(started, 'SIGKILL');
  }
}

/**
 * A process group of its own, so that npm and what it starts can be killed together; it is also killed when this process is gone,
 * however that came: then the pipe ends that the group's watcher reads.
 */
function inGroup(command: string, options: Pick<SpawnOptions, 'env' | 'cwd'>): Started {
  const watched = `{ cat; kill -KILL 0; } <&0 >/dev/null 2>&1 & ${command}`;
  return spawn('bash', ['--norc', '-c', watched], { ...options, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
}

function signalGroup({ pid }: Started, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // nobody is left in it
  }
}

function urlOf(started: Started, withinMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = () => {
      clearTimeout(timer);
      reject(new Error(`it did not start: ${said}`));
    };
    const timer = setTimeout(fail, withinMs);
    started.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    started.stdout.on('data', (chunk: Buffer) => {
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
