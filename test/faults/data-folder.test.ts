// A data folder that can't be used: one sentence that says what to do, exit code 1, and nothing in the folder is changed.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runFreshet, startFreshet } from '../end-to-end/freshet-process.ts';

describe('freshet start refuses a data folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-folders-'));
  const good = join(folder, 'good');
  const manifest = ['log', 'manifest.json'] as const;

  before(async () => {
    const freshet = await startFreshet(good);
    await freshet.ask('POST', '/api/v1/interactions', { customer_id: 'c', event_type: 'search' });
    await freshet.stop();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('that is damaged', async () => {
    const dataDir = copyOf('damaged');
    const file = join(dataDir, ...manifest);
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length / 2));
    await refuses(dataDir, /damaged.*backup/);
    assert.equal(readFileSync(file).length, Math.floor(bytes.length / 2));
  });

  it('of a newer version', async () => {
    const dataDir = copyOf('newer');
    const file = join(dataDir, ...manifest);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"format":1', '"format":9'));
    await refuses(dataDir, /newer version.*another folder/);
  });

  it('that holds something else', async () => {
    const dataDir = copyOf('foreign');
    rmSync(join(dataDir, 'log'), { recursive: true });
    cpSync(join(good, 'state'), join(dataDir, 'log'), { recursive: true });
    await refuses(dataDir, /another folder|empty/);
  });

  it('that another process uses', async () => {
    const freshet = await startFreshet(good);
    await refuses(good, /in use.*Stop that process/);
    assert.equal((await freshet.ask('GET', '/healthz')).status, 200);
    await freshet.stop();
  });

  it('that can not be written', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    await refuses(join(file, 'data'), /a-file/);
  });

  function copyOf(name: string): string {
    const copy = join(folder, name);
    cpSync(good, copy, { recursive: true });
    return copy;
  }
});

async function refuses(dataDir: string, sentence: RegExp): Promise<void> {
  const { code, output } = await runFreshet(['start'], { DATA_DIR: dataDir });
  assert.equal(code, 1, output);
  assert.match(output, sentence);
  assert.equal(output.trim().split('\n').length, 1, `one line, not a stack:\n${output}`);
}
