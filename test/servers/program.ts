// Servers of other makers (a broker, Redis, a registry) for tests and benchmarks: started as programs of their own, watched until
// they answer, and gone when the one who started them is gone.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Asked until it answers true; an error counts as false. */
  readonly isReady: (output: string) => boolean | Promise<boolean>;
  /** @default 60_000 */
  readonly readyWithinMs?: number;
}

export interface Program {
  readonly pid: number;
  /** The end of what it wrote to standard output and error. */
  output(): string;
  /** SIGTERM, then SIGKILL when that does not help. Resolves when it has ended. */
  stop(): Promise<void>;
  /** SIGKILL. Resolves when it has ended. */
  kill(): Promise<void>;
  /** SIGSTOP: it stands still, its connections stay open. */
  pause(): void;
  resume(): void;
}

const askEveryMs = 50;
/** From SIGTERM to SIGKILL. */
export const stopWithinMs = 10_000;
const outputCharsMax = 100_000;

/** @throws Error with what it said, when it ends before it is ready or is not ready in time. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const [command, args] = endingWithUs(options.command, options.args);
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-outputCharsMax)));
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  const isOver = () => failure !== undefined || child.exitCode !== null || child.signalCode !== null;
  const program: Program = {
    pid: child.pid ?? 0,
    output: () => said,
    stop: () => end(child, 'SIGTERM', isOver),
    kill: () => end(child, 'SIGKILL', isOver),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
  const untilMs = performance.now() + (options.readyWithinMs ?? 60_000);
  while (!(await answers(options.isReady, said))) {
    if (isOver()) throw new Error(`${options.command} ended before it was ready: ${failure?.message ?? ''}\n${said}`);
    if (performance.now() > untilMs) {
      await program.kill();
      throw new Error(`${options.command} was not ready in time:\n${said}`);
    }
    await sleep(askEveryMs);
  }
  return program;
}

/** Whether a command can be run here. */
export function hasCommand(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v "$1"`, 'sh', command], { stdio: 'ignore' }).status === 0;
}

/** A port nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Linux can end a program together with its parent, also when that was killed. */
export function endingWithUs(command: string, args: readonly string[]): [string, string[]] {
  if (process.platform !== 'linux' || !hasCommand('setpriv')) return [command, [...args]];
  return ['setpriv', ['--pdeathsig', 'KILL', '--', command, ...args]];
}

async function answers(isReady: ProgramOptions['isReady'], said: string): Promise<boolean> {
  try {
    return await isReady(said);
  } catch {
    return false; // not yet: the caller asks again, for as long as it has patience
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals, isOver: () => boolean): Promise<void> {
  if (isOver()) return;
  const ended = once(child, 'close');
  child.kill(signal);
  child.kill('SIGCONT'); // one that stands still would not hear SIGTERM
  const killer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
  await ended;
  clearTimeout(killer);
}
