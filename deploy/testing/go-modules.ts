// What is published as a module of Go: fetched by Go, which checks it, and read where Go keeps it.
import { execFile, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { endingWithUs } from '../../test/servers/program.ts';

/** @throws Error when Go is missing or does not get it. */
export function moduleFolder(module: string, version: string): string {
  return (JSON.parse(go(['mod', 'download', '-json', `${module}@${version}`])) as { readonly Dir: string }).Dir;
}

/** Whether there is a Go, as new as `major.minor`. */
export function hasGo(major: number, minor: number): boolean {
  const { stdout } = spawnSync('go', ['env', 'GOVERSION'], { cwd: tmpdir(), encoding: 'utf8' });
  const [, ...found] = /^go(\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
  const [foundMajor = 0, foundMinor = 0] = found.map(Number);
  return foundMajor > major || (foundMajor === major && foundMinor >= minor);
}

/** For what takes minutes: other work goes first, and it ends with us. @throws Error with what it said. */
export async function build(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const [command, all] = endingWithUs('nice', ['-n', '15', 'go', ...args]);
  await promisify(execFile)(command, all, { cwd, env: { ...process.env, ...flags, ...env } });
}

/** @throws Error with what it said. */
function go(args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('go', [...args], {
    cwd: tmpdir(),
    encoding: 'utf8',
    env: { ...process.env, ...flags },
  });
  if (status !== 0) throw new Error(`go ${args.join(' ')}: ${error?.message ?? ''}\n${stdout}${stderr}`);
  return stdout;
}

const flags = { GOFLAGS: '-mod=mod' };
