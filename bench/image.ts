// What the image adds to its base, and how soon a container of it answers: the steps of the Dockerfile carried out in a folder, started
// as its user on read-only files, with an empty disk.
import { spawnSync } from 'node:child_process';
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { carryOut, openToOthers, type Image } from '../deploy/testing/dockerfile.ts';
import { enclosed, prepare, release } from '../deploy/testing/enclosed.ts';
import { freePort, startProgram } from '../test/servers/program.ts';
import type { Figures } from './lib/bench.ts';
import { cpuSecondsOf } from './lib/process-cost.ts';
import { rounded } from './lib/quantiles.ts';
import { inTemporaryFolder } from './lib/temporary-folder.ts';

const starts = 5;
const packagesTold = 6;

export function run(): Promise<Figures> {
  return inTemporaryFolder(measure);
}

async function measure(folder: string): Promise<Figures> {
  openToOthers(folder);
  const image = carryOut('.', folder);
  try {
    const sizes = sizesOf(join(image.root, 'app'));
    console.log(sizes);
    prepare(image, join(folder, 'data-0'));
    const cold = [];
    for (let start = 1; start <= starts; start += 1) cold.push(await coldStart(image, join(folder, 'data-0')));
    console.log(cold);
    return { ...sizes, cold };
  } finally {
    release(image);
  }
}

function sizesOf(app: string): Figures {
  const packages = readdirSync(join(app, 'node_modules')).filter((name) => !name.startsWith('.'));
  const largest = packages
    .map((name) => [name, mib(bytesIn(join(app, 'node_modules', name)))] as const)
    .toSorted(([, a], [, b]) => b - a);
  const { stdout } = spawnSync('sh', ['-c', `tar c -C "$0" . | gzip -6 | wc -c`, app], { encoding: 'utf8' });
  return {
    app_mib: mib(bytesIn(app)),
    app_gzip_mib: mib(Number(stdout)),
    node_modules_mib: mib(bytesIn(join(app, 'node_modules'))),
    largest_packages_mib: Object.fromEntries(largest.slice(0, packagesTold)),
  };
}

async function coldStart(image: Image, data: string): Promise<Figures> {
  for (const name of readdirSync(data)) rmSync(join(data, name), { recursive: true });
  const port = await freePort();
  const { command, args, env } = enclosed(image, data, image.command);
  const startMs = performance.now();
  const told: Record<string, number> = {};
  const answers = async (path: string) => {
    const { ok } = await fetch(`http://127.0.0.1:${port}${path}`);
    if (ok) told[path] ??= rounded(performance.now() - startMs);
    return ok;
  };
  const program = await startProgram({
    command,
    args,
    env: { ...env, API_KEYS: 'a-key-for-this-bench:admin', API_HOST: '127.0.0.1', API_PORT: String(port), DEMO: 'off' },
    isReady: async () => (await answers('/healthz')) && (await answers('/readyz')),
  });
  const cpu_seconds = rounded(cpuSecondsOf(program.pid) ?? 0);
  await program.stop();
  return { healthy_ms: told['/healthz'], ready_ms: told['/readyz'], cpu_seconds };
}

function bytesIn(path: string): number {
  const stats = lstatSync(path);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}

function mib(bytes: number): number {
  return rounded(bytes / 2 ** 20);
}
