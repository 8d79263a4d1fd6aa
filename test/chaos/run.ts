// `npm run chaos -- --minutes 10 --seed 7`: breaks a system of several processes on a real broker and Redis. Its last line is
// `faults N, events N, lost N, doubled N`; it exits with 1 when anything is wrong.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runChaos } from './chaos.ts';
import { drawZombie } from './faults.ts';
import { plantedBug } from './planted-bug.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    faults: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    client: { type: 'string', default: 'platformatic' },
    /** Runs the processes with a bug that must be found, and strikes as it takes to find it. */
    plant: { type: 'boolean', default: false },
  },
});

/** Enough to find it. */
const plantedFaults = 10;
const folder = mkdtempSync(join(tmpdir(), 'freshet-chaos-'));
const seed = Number(values.seed);
const say = (line: string) => void process.stdout.write(`${line}\n`);
say(`seed ${seed}, ${values.client}`);
let isRight = false;
let verdict = 'no verdict';
try {
  const report = await runChaos({
    folder,
    seed,
    kafkaClient: values.client,
    ...(values.plant ? { environment: plantedBug, draw: drawZombie } : {}),
    faultsMax: values.minutes === undefined ? Number(values.faults ?? (values.plant ? plantedFaults : 100)) : Infinity,
    ...(values.minutes === undefined ? {} : { minutesMax: Number(values.minutes) }),
    say,
  });
  if (report === undefined) throw new Error('a server is missing: see above');
  for (const complaint of report.complaints) say(`WRONG: ${complaint}`);
  verdict = `faults ${report.faults}, events ${report.events}, lost ${report.lost}, doubled ${report.doubled}`;
  isRight = report.complaints.length === 0;
} finally {
  if (isRight) rmSync(folder, { recursive: true, force: true });
  else say(`what brokers and processes wrote is in ${folder}`);
  say(verdict);
}
process.exitCode = isRight ? 0 : 1;
