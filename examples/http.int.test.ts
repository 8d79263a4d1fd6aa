// The commands of docs/clients.md do what they say on a real server, also when it is not there yet.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { fencedBlocks } from '../docs/testing/fenced-blocks.ts';
import { startFreshet, type FreshetProcess } from '../test/end-to-end/freshet-process.ts';
import { leftOut } from '../test/left-out.ts';

const key = 'a-key-for-the-examples';
const commands = fencedBlocks('docs/clients.md')
  .filter(({ language }) => language === 'sh')
  .map(({ content }) => content);
const folder = mkdtempSync(join(tmpdir(), 'freshet-examples-'));

suite('examples of clients', { timeout: 120_000 }, () => {
  let freshet: FreshetProcess;
  before(async () => {
    freshet = await startFreshet(join(folder, 'data'), { API_KEYS: `${key}:admin` });
  });
  after(async () => {
    await freshet.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  test('Python: events are accepted, mistakes are named, the list knows the purchase', async () => {
    if (!has('python3')) return leftOut('the example in Python: there is no python3');
    const said = await run('python3');
    assert.match(said, /^accepted: 2$/m);
    assert.match(said, /^rejected: \/events\/2\/item_id is missing/m);
    assert.match(said, /^knows the purchase: True$/m);
    assert.match(said, /^refused: The parameter limit must be/m);
    assert.deepEqual(await eventsOf('anna'), { view: 1, purchase: 1 });
  });

  test('curl: the purchase is accepted, the item is there, the list knows', async () => {
    if (!has('curl')) return leftOut('the example with curl: there is no curl');
    const [accepted = '', items = '', list = ''] = (await run('bash')).trim().split('\n');
    assert.equal((JSON.parse(accepted) as { status: string }).status, 'accepted');
    assert.equal((JSON.parse(items) as { accepted: number }).accepted, 1);
    const { customer_id, position_reached } = JSON.parse(list) as Record<string, unknown>;
    assert.deepEqual([customer_id, position_reached], ['bert', true]);
    assert.deepEqual(await eventsOf('bert'), { purchase: 1 });
  });

  test('they wait for a server that is being started', async () => {
    const languages = ['python3', 'bash'].filter(has);
    const port = new URL(freshet.url).port;
    await freshet.kill();
    const running = languages.map(run);
    freshet = await startFreshet(join(folder, 'data'), { API_KEYS: `${key}:admin`, API_PORT: port });
    for (const said of await Promise.all(running)) assert.match(said, /accepted/);
  });

  /** The command that begins with it. */
  async function run(language: string): Promise<string> {
    const { PATH } = process.env;
    const shown = commands.find((command) => command.startsWith(language)) ?? assert.fail(`no command for ${language}`);
    const command = shown.replace('http://localhost:8000', freshet.url);
    const { stdout } = await promisify(execFile)('bash', ['-c', command], { env: { PATH, FRESHET_KEY: key } });
    return stdout;
  }

  async function eventsOf(customer: string): Promise<unknown> {
    const answer = await fetch(`${freshet.url}/api/v1/customers/${customer}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    return ((await answer.json()) as { events: unknown }).events;
  }
});

function has(command: string): boolean {
  return spawnSync(command, ['--version']).status === 0;
}
