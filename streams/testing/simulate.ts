// `npm run sim`: the crash simulator. `-- --seed N [--verbose]` repeats one run; `--from N --seeds COUNT` or `--seconds S` runs many.
import { parseArgs } from 'node:util';
import { faultText } from './simulator/faults.ts';
import { runSeed, type RunResult } from './simulator/run.ts';
import { shrink } from './simulator/shrink.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    seeds: { type: 'string' },
    seconds: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function explain(result: RunResult): Promise<void> {
  say(`seed ${result.seed} FAILED: ${result.failure}`);
  say(`  faults: ${result.faults.map(faultText).join(' ')}`);
  const repeated = await runSeed({ seed: result.seed });
  if (repeated.traceHash !== result.traceHash)
    say('  REPEATED, IT RAN DIFFERENTLY: the simulator is not deterministic');
  const smallest = await shrink(result);
  say(`  enough:  ${smallest.faults.map(faultText).join(' ') || 'none'} (${smallest.failure})`);
  say(`  repeat:  npm run sim -- --seed ${result.seed} --verbose`);
}

async function one(seed: number): Promise<boolean> {
  const result = await runSeed({ seed, ...(values.verbose ? { onNote: say } : {}) });
  if (result.failure !== null) await explain(result);
  else
    say(
      `seed ${seed}: well (${result.steps} steps, ${result.commits} commits, ${result.faults.map(faultText).join(' ')})`,
    );
  return result.failure === null;
}

async function many(from: number): Promise<boolean> {
  const startMs = performance.now();
  const untilMs = values.seconds === undefined ? Infinity : startMs + Number(values.seconds) * 1_000;
  const count = values.seeds === undefined ? (values.seconds === undefined ? 1_000 : Infinity) : Number(values.seeds);
  let failed = 0;
  let run = 0;
  for (; run < count && performance.now() < untilMs; run += 1) {
    const result = await runSeed({ seed: from + run });
    if (result.failure === null) continue;
    failed += 1;
    await explain(result);
  }
  const seconds = (performance.now() - startMs) / 1_000;
  say(`${run} seeds from ${from}, ${failed} failed, ${((seconds * 1_000) / Math.max(1, run)).toFixed(1)} ms each`);
  return failed === 0;
}

const isWell = values.seed === undefined ? await many(Number(values.from)) : await one(Number(values.seed));
process.exitCode = isWell ? 0 : 1;
