// Which folders are opened, and which are refused with a sentence that says what to do.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { readTopic, record, until, values } from '../contract/support.ts';
import { openEmbeddedLog } from './open.ts';

describe('the data folder', () => {
  let parent: string;
  let folder: string;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'freshet-folder-'));
    folder = join(parent, 'deep', 'data');
  });
  afterEach(() => rm(parent, { recursive: true }));

  const refused = (message: RegExp) =>
    assert.rejects(openEmbeddedLog({ folder }), { kind: 'DataFolderRefused', message });

  test('is made when it is missing, with all folders above', async () => {
    const log = await openEmbeddedLog({ folder });
    await log.close();
    assert.ok((await readdir(folder)).includes('manifest.json'));
  });

  test('may be one that a first start left unfinished, or the root of a disk', async () => {
    await mkdir(join(folder, 'lost+found'), { recursive: true });
    await writeFile(join(folder, 'wal-1.log'), 'unfinished');
    await writeFile(join(folder, 'manifest.json.new'), 'unfinished');
    const log = await openEmbeddedLog({ folder });
    await log.close();
  });

  test('that holds something else is refused and left as it is', async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'thesis.doc'), 'years of work');
    await refused(/thesis\.doc.*no data folder.*empty folder/s);
    assert.deepEqual(await readdir(folder), ['thesis.doc']);
  });

  test('of a newer version is refused', async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'manifest.json'), JSON.stringify({ format: 99, checksum: 0 }));
    await refused(/newer version.*99/s);
  });

  for (const [how, damage] of Object.entries({
    'cut off': (content: string) => content.slice(0, -10),
    changed: (content: string) => content.replace('"partitions":1', '"partitions":2'),
    empty: () => '',
    'not an object': () => '7',
  })) {
    test(`with a manifest that is ${how} is refused, and says how to go on`, async () => {
      const log = await openEmbeddedLog({ folder });
      await log.ensureTopics([{ name: 't', partitions: 1, cleanup: 'delete' }]);
      await log.close();
      const manifest = join(folder, 'manifest.json');
      await writeFile(manifest, damage(await readFile(manifest, 'utf8')));
      await refused(/manifest\.json.*damaged.*backup/s);
      assert.ok(!(await readdir(folder)).includes('owner.json'), 'the folder is given back');
    });
  }

  test('that this process has open is refused', async () => {
    const log = await openEmbeddedLog({ folder });
    await refused(new RegExp(`in use: process ${process.pid}.*Stop that process`, 's'));
    await log.close();
    await (await openEmbeddedLog({ folder })).close();
  });

  test('that a living process has is refused; after kill -9 it is taken over with all it had', async () => {
    const program = `
      import { openEmbeddedLog } from ${JSON.stringify(new URL('open.ts', import.meta.url).href)};
      const log = await openEmbeddedLog({ folder: ${JSON.stringify(folder)} });
      await log.ensureTopics([{ name: 't', partitions: 1, cleanup: 'delete' }]);
      const record = { topic: 't', key: null, value: Buffer.from('from the killed one'), timestampMs: 0 };
      await log.append([record], { durability: 'memory' });
      console.log('ready');
      setInterval(() => {}, 1000);`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(other.stdout, 'data');
    await refused(new RegExp(`process ${other.pid}`));
    other.kill('SIGKILL');
    await once(other, 'exit');
    const log = await openEmbeddedLog({ folder });
    assert.deepEqual(values(await readTopic(log, 't')), ['from the killed one']);
    await log.close();
  });

  test('of a process that is about to go is waited for', async () => {
    const other = spawn('sleep', ['0.4'], { stdio: 'ignore' });
    await own({ pid: other.pid, host: hostname(), started: null });
    await (await openEmbeddedLog({ folder })).close();
  });

  test(
    'of a dead process that its parent has not asked for is taken over',
    { skip: process.platform !== 'linux' },
    async () => {
      // The shell becomes `sleep`, which never asks for the child that it inherits; that one ends only then, or the shell would ask.
      const child = 'while [ "$(cat /proc/$PPID/comm)" != sleep ]; do sleep 0.01; done';
      const parentOfZombie = spawn('sh', ['-c', `sh -c '${child}' & echo $!; exec sleep 30`], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const pid = Number(String((await once(parentOfZombie.stdout, 'data'))[0]));
      await until('the child has ended', () => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z'));
      await own({ pid, host: hostname(), started: null });
      await (await openEmbeddedLog({ folder })).close();
      assert.doesNotThrow(() => process.kill(pid, 0), 'the zombie was gone: nothing was shown');
      parentOfZombie.kill('SIGKILL');
    },
  );

  test('whose owner had the same pid before it started is taken over', async () => {
    await own({ pid: process.pid, host: (await ownHost()) ?? '', started: 'another boot/1' });
    await (await openEmbeddedLog({ folder })).close();
  });

  test('that another host has is refused while it gives signs of life, then taken over', async () => {
    await own({ pid: 1, host: 'another-host', started: null });
    await refused(/process 1 on host another-host/);
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(join(folder, 'owner.json'), longAgo, longAgo);
    await (await openEmbeddedLog({ folder })).close();
  });

  test('keeps its cluster id, another folder has another one', async () => {
    const log = await openEmbeddedLog({ folder });
    const other = await openEmbeddedLog({ folder: join(parent, 'other') });
    assert.notEqual(log.clusterId, other.clusterId);
    await Promise.all([log.close(), other.close()]);
    const again = await openEmbeddedLog({ folder });
    assert.equal(again.clusterId, log.clusterId);
    await again.append([]);
    await again.close();
  });

  test('with records is opened by their topics', async () => {
    const log = await openEmbeddedLog({ folder });
    await log.ensureTopics([{ name: 't', partitions: 2, cleanup: 'compact' }]);
    await log.append([record('t', 'a', '1')]);
    await log.tidy();
    await log.append([record('t', 'a', '2')]);
    await log.close();
    const again = await openEmbeddedLog({ folder });
    assert.deepEqual(values(await readTopic(again, 't')), ['1', '2']);
    await again.close();
  });

  async function own(owner: object): Promise<void> {
    await (await openEmbeddedLog({ folder })).close();
    await writeFile(join(folder, 'owner.json'), JSON.stringify(owner));
  }

  async function ownHost(): Promise<string | undefined> {
    const log = await openEmbeddedLog({ folder });
    const { host } = JSON.parse(await readFile(join(folder, 'owner.json'), 'utf8')) as { host?: string };
    await log.close();
    return host;
  }
});
