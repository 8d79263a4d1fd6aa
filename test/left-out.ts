// A test that cannot run here says so with `leftOut`, so that the run's last lines name what was not proved.
// Tests run in processes of their own: the notes travel through a file, named by the environment.
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type LeftOut = {
  reason: string;
  /** True when a data set kept outside of the project is missing: the only reason that CI accepts. */
  dataSet: boolean;
};

const variable = 'FRESHET_LEFT_OUT';

/** Notes that something was not tested, and why: `if (!existsSync(dump)) return leftOut('…', { dataSet: true })`. */
export function leftOut(reason: string, { dataSet = false }: { dataSet?: boolean } = {}): void {
  const file = process.env[variable];
  if (file === undefined) console.log(`Left out: ${reason}`);
  else appendFileSync(file, `${JSON.stringify({ reason, dataSet } satisfies LeftOut)}\n`);
}

/** For the one who runs the tests: call before they start, and the result when they have ended. */
export function collectLeftOut(): () => LeftOut[] {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-left-out-'));
  const file = join(folder, 'notes');
  process.env[variable] = file;
  return () => {
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
    rmSync(folder, { recursive: true });
    delete process.env[variable];
    return lines.map((line) => JSON.parse(line) as LeftOut);
  };
}
