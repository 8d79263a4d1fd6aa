// A running system held against its own document: the examples of each route, then, as far as the time reaches, cases made of the
// schemas, route by route. No answer may be 5xx, nor of another status, type, header or shape than the document promises. A failing
// run prints the seed, and the request as a curl command.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFreshet } from '../end-to-end/freshet-process.ts';
import { leftOut } from '../left-out.ts';
import { kept } from '../servers/kept.ts';

const VERSION = '4.32.5';
const SECONDS = 75;
const CASES_PER_OPERATION = 20;
const KEY = 'for-schemathesis-alone';
const CONFIG = new URL('schemathesis.toml', import.meta.url).pathname;
/** The last of what JSON Schema can't say is said in words: limits in bytes. Cases that break only these are left out. */
const HOOKS = new URL('schemathesis_hooks.py', import.meta.url).pathname;

test('what a running system answers is what its document says', async (t) => {
  if (spawnSync('python3', ['-m', 'venv', '--help']).status !== 0)
    return leftOut('python3 with venv is not there: schemathesis did not ask the running system');
  const schemathesis = await kept(`schemathesis-${VERSION}`, async (folder) => {
    run('python3', ['-m', 'venv', folder]);
    run(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', `schemathesis==${VERSION}`]);
  });
  const folder = mkdtempSync(join(tmpdir(), 'freshet-schemathesis-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const freshet = await startFreshet(join(folder, 'data'), {
    API_KEYS: `${KEY}:admin`,
    // It asks as fast as it can, and waits for nothing that will not come.
    RATE_LIMIT_PER_KEY: '0',
    RATE_LIMIT_PER_ADDRESS: '0',
    MIN_POSITION_WAIT_MS: '20',
  });
  t.after(() => freshet.stop());
  await freshet.ready();
  const options = [
    // But one: the answer to many items is 202 also when some of them are refused, each in its own result, and are not there then.
    // It has to be said here, as `--checks all` turns on what the configuration turns off.
    ['--checks', 'all', '--exclude-checks', 'ensure_resource_availability', '--continue-on-failure'],
    ['--header', `X-API-Key: ${KEY}`, '--request-timeout', '20'],
    ['--max-examples', String(CASES_PER_OPERATION), '--max-time', String(SECONDS)],
    // The same cases each time: what a run of tests says must not depend on luck. By hand, without it, it finds others.
    ['--generation-deterministic'],
    // The stream of events does not end; `gateway/live` has its tests.
    ['--exclude-path', '/api/v1/live', '--no-color', '--warnings', 'off'],
  ].flat();
  // By name, as `bin/st` would look for its python in the folder in which pip has put it.
  const program = ['-m', 'schemathesis.cli', '--config-file', CONFIG, 'run', `${freshet.url}/openapi.json`];
  const env = { ...process.env, SCHEMATHESIS_HOOKS: HOOKS, PYTHONDONTWRITEBYTECODE: '1' };
  const asking = spawn(join(schemathesis, 'bin', 'python'), [...program, ...options], { cwd: folder, env });
  t.after(() => asking.kill('SIGKILL'));
  let said = '';
  for (const stream of [asking.stdout, asking.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  const [code] = (await once(asking, 'close')) as [number | null];
  assert.equal(code, 0, `${said}\n${freshet.output()}`);
  assert.ok(Number(/Tested:\s+(\d+)/.exec(said)?.[1]) > 0, said);
  t.diagnostic(said);
  assert.equal((await freshet.ask('GET', '/readyz')).status, 200);
});

function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  assert.equal(status, 0, `${command} ${args.join(' ')}\n${stdout}\n${stderr}`);
}
