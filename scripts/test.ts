// `npm test`: the static checks, then the tests. `npm test -- streams` runs only the test files of a folder or of one
// file, `--only <glob>` those that match, `--checks` only the static checks, `--fast` leaves out *.int and *.sim tests.
import { parseArgs } from 'node:util';
import { globSync } from 'node:fs';
import { checks } from './checks.ts';
import { runCheck } from './run-check.ts';
import { runTests } from './run-tests.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    checks: { type: 'boolean', default: false },
    fast: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});

const narrowed = positionals.length > 0 || values.only !== undefined || values.fast;
let passed = 0;
let failed = 0;

if (!narrowed) {
  for (const check of checks) {
    if (await runCheck(check)) passed += 1;
    else failed += 1;
  }
}
if (!values.checks) {
  const outcome = await runTests(chosenFiles());
  passed += outcome.passed;
  failed += outcome.failed;
  for (const line of outcome.leftOut) console.log(`Left out: ${line}`);
}
console.log(`Tests: ${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

/** A name that fits no test counts as a failure: mistyped, it would pass for a test that was run. */
function chosenFiles(): string[] {
  const named = values.only === undefined ? positionals : [values.only];
  const found = (named.length > 0 ? named : ['.']).map((name) => {
    const files = filesOf(name);
    if (files.length > 0) return files;
    console.log(`No test is in ${name}.`);
    failed += 1;
    return [];
  });
  return [...new Set(found.flat())].sort();
}

function filesOf(name: string): string[] {
  const pattern = values.only === undefined ? asPattern(name) : name;
  const found = globSync(pattern, { exclude: ['node_modules/**', 'data/**', '.cache/**'] });
  return found.filter((file) => file.endsWith('.test.ts') && !(values.fast && isSlow(file)));
}

function asPattern(folderOrFile: string): string {
  return folderOrFile.endsWith('.ts') ? folderOrFile : `${folderOrFile.replace(/\/$/, '')}/**/*.test.ts`;
}

function isSlow(file: string): boolean {
  return file.endsWith('.int.test.ts') || file.endsWith('.sim.test.ts');
}
