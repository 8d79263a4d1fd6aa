// What `npm test -- <names>` says of names: one that fits no test must not pass for one that was run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

function testsOf(...args: string[]) {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env; // the runner would take it for a part of this run
  return spawnSync(process.execPath, ['scripts/test.ts', ...args], { env, encoding: 'utf8' });
}

test('a name that fits no test is told and fails the run, also beside others', () => {
  const { status, stdout } = testsOf('streams/log/murmur2.test.ts', 'streams/no-such-folder');
  assert.equal(status, 1, stdout);
  assert.match(stdout, /No test is in streams\/no-such-folder\./);
  assert.match(stdout, /^Tests: [1-9]\d* passed, 1 failed$/m);
});

test('a file and its folder run it once', () => {
  const { status, stdout } = testsOf('streams/log/murmur2.test.ts', 'streams/log/murmur2.test.ts');
  assert.equal(status, 0, stdout);
  assert.equal(stdout.match(/^ok /gm)?.length, 1);
});
