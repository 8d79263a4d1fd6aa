// Runs one of the bench's own processes and reads its answer: one line of JSON.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** @throws Error with what it said, when it failed. */
export async function askChild<T>(file: URL, argument: unknown): Promise<T> {
  const child = spawn(process.execPath, [file.pathname, JSON.stringify(argument)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  process.off('exit', end);
  const answer = said.trimEnd().split('\n').at(-1);
  if (code !== 0 || answer === undefined) throw new Error(`${file.pathname} ended with ${code}: ${said}`);
  return JSON.parse(answer) as T;
}
