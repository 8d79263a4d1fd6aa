// What is published as a module of Go: fetched by Go, which checks it, and read where Go keeps it.
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';

/** @throws Error when Go is missing or does not get it. */
export function moduleFolder(module: string, version: string): string {
  return (JSON.parse(go(['mod', 'download', '-json', `${module}@${version}`])) as { readonly Dir: string }).Dir;
}

/** @throws Error with what it said. */
export function go(
  args: readonly string[],
  cwd: string = tmpdir(),
  env: Readonly<Record<string, string>> = {},
): string {
  const { status, stdout, stderr, error } = spawnSync('nice', ['-n', '15', 'go', ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, GOFLAGS: '-mod=mod', ...env },
  });
  if (status !== 0) throw new Error(`go ${args.join(' ')}: ${error?.message ?? ''}\n${stdout}${stderr}`);
  return stdout;
}
