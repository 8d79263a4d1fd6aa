// Seconds per sweep of implicit ALS, with as many threads as there are processors, against Python's `implicit` on the same matrix in the same run, if a
// Python (PYTHON, else python3) has it.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readInteractions } from '../evaluation/topn/read-interactions.ts';
import { topnData } from '../evaluation/topn/topn-data.ts';
import { ImplicitAls } from '../models/implicit-als.ts';
import { InteractionMatrix } from '../models/interaction-matrix.ts';
import { seededRandom } from '../streams/random.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';
import { inTemporaryFolder } from './lib/temporary-folder.ts';

const FACTORS = 64;
const SWEEPS = 10;
/** The shape of Gowalla's check-ins, for when there is no file. */
const USERS = 29_858;
const ITEMS = 40_981;
const ITEMS_PER_USER = 27;
const script = fileURLToPath(new URL('lib/implicit-als.py', import.meta.url));

export async function run({ folder }: BenchOptions = {}): Promise<Figures> {
  const matrix = folder === undefined ? madeUp() : topnData(readInteractions(join(folder, 'train.txt.gz')), []).matrix;
  const figures = {
    matrix: folder === undefined ? 'made up' : 'train.txt.gz of --folder',
    users: matrix.users,
    items: matrix.items,
    ones: matrix.ones,
    factors: FACTORS,
    ours: ourSweep(matrix),
    implicit: await inTemporaryFolder(async (place) => implicitSweep(matrix, place)),
  };
  console.log(figures);
  return figures;
}

/** What is done once, such as drawing the first factors, is taken off. */
function ourSweep(matrix: InteractionMatrix): Record<string, number> {
  measured(matrix, 1); // until compiled
  const [none, all] = [measured(matrix, 0), measured(matrix, SWEEPS)];
  return { seconds_per_sweep: (all.seconds - none.seconds) / SWEEPS, cpu_seconds_per_sweep: (all.cpuSeconds - none.cpuSeconds) / SWEEPS }; // prettier-ignore
}

function measured(matrix: InteractionMatrix, sweeps: number): { seconds: number; cpuSeconds: number } {
  const before = process.hrtime.bigint();
  const cpuBefore = process.cpuUsage();
  new ImplicitAls(matrix, { factors: FACTORS, sweeps, unobservedWeight: 1 / 40, lambda: 2.5, frequencyPower: 0, threads: availableParallelism(), random: seededRandom(1) }); // prettier-ignore
  const { user, system } = process.cpuUsage(cpuBefore);
  return { seconds: Number(process.hrtime.bigint() - before) / 1e9, cpuSeconds: (user + system) / 1e6 };
}

/** Null where it is not installed. */
function implicitSweep(matrix: InteractionMatrix, folder: string): Record<string, number> | null {
  writeFileSync(join(folder, 'starts'), matrix.userStart);
  writeFileSync(join(folder, 'items'), matrix.userItems);
  const python = process.env['PYTHON'] ?? 'python3';
  const { status, stdout, stderr } = spawnSync(python, [script, folder, String(matrix.items), String(FACTORS), String(SWEEPS)], { encoding: 'utf8' }); // prettier-ignore
  if (status === 0) return JSON.parse(stdout) as Record<string, number>;
  console.log(`implicit was not measured: ${stderr.trim().split('\n').at(-1) ?? `${python} failed`}`);
  return null;
}

function madeUp(): InteractionMatrix {
  const random = seededRandom(7);
  const histories = Array.from({ length: USERS }, () => {
    const length = 1 + Math.floor(-Math.log(1 - random()) * ITEMS_PER_USER);
    return [...new Set(Array.from({ length }, () => Math.floor(ITEMS * random() ** 2)))];
  });
  return new InteractionMatrix(histories, ITEMS);
}
