// What is opened after the write-ahead files were torn or damaged: the commits before, or a refusal, never a guess.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTopic, record, values } from '../contract/support.ts';
import { MemoryDisk } from './memory-disk.ts';
import { openEmbeddedLog } from './open.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { walHeaderBytes, walName } from './wal-file.ts';

const wal = walName(1);
const commits = 6;

const opened = (folder: MemoryDisk) => openEmbeddedLog({ folder, clock: new ManualClock() });

/** A disk with one write-ahead file of some commits, and where each of them ends in it. */
async function written(
  durability: 'disk' | 'memory',
  more?: { tailBytes: number },
): Promise<{ disk: MemoryDisk; ends: number[] }> {
  const disk = new MemoryDisk();
  const log = await openEmbeddedLog({
    folder: disk,
    clock: new ManualClock(),
    limits: { sealedTailsMax: 99, ...more },
    onProblem: () => {},
  });
  await log.ensureTopics([{ name: 't', partitions: 1, cleanup: 'delete' }]);
  const ends = [walHeaderBytes];
  // A flush would make durable what the tests want to lose.
  disk.before = ({ path }) => {
    if (path.endsWith('.seg')) throw new Error('no flush here');
  };
  for (let number = 0; number < commits; number += 1) {
    await log.append([record('t', 'key', `value ${number}`), record('t', 'key', 'x'.repeat(number * 7))], {
      durability,
    });
    ends.push(disk.size(wal) ?? 0);
  }
  return { disk: disk.afterCrash(), ends };
}

async function found(disk: MemoryDisk): Promise<(string | null)[]> {
  const log = await opened(disk);
  const all = values(await readTopic(log, 't')).filter((value) => value?.startsWith('value'));
  const [place] = await log.append([record('t', 'key', 'value next')]);
  assert.equal(place?.offset, all.length * 2);
  await log.close();
  return all;
}

const first = (count: number) => Array.from({ length: count }, (_, number) => `value ${number}`);

function change(disk: MemoryDisk, path: string, at: number, bytes: Uint8Array): void {
  disk.open(path, 'existing').writeNow(bytes, at);
}

test('a write-ahead file cut at any byte opens with the commits that are whole', async () => {
  const { ends } = await written('memory');
  for (let length = 0; length <= (ends.at(-1) ?? 0); length += 1) {
    const { disk } = await written('memory');
    disk.open(wal, 'existing').truncate(length);
    const whole = ends.filter((end) => end <= length).length - 1;
    assert.deepEqual(await found(disk), first(Math.max(0, whole)), `cut at ${length}`);
    // And what was written after the cut is found again.
    const log = await opened(disk.afterCrash());
    assert.equal(values(await readTopic(log, 't')).at(-1), 'value next');
    await log.close();
  }
});

test('a damaged byte anywhere in the last commit cuts it off', async () => {
  const { ends } = await written('memory');
  for (let at = ends.at(-2) ?? 0; at < (ends.at(-1) ?? 0); at += 1) {
    const { disk } = await written('memory');
    change(disk, wal, at, Buffer.of((disk.open(wal, 'existing').readNow(at, 1)[0] ?? 0) ^ 0x55));
    assert.deepEqual(await found(disk), first(commits - 1), `damaged at ${at}`);
  }
});

test('of commits that were never synced, those after a damaged one do not count', async () => {
  const { disk, ends } = await written('memory');
  change(disk, wal, (ends[2] ?? 0) + 30, Buffer.from('damaged'));
  assert.deepEqual(await found(disk), first(2));
});

test('damage in what had been synced is refused, with its place', async () => {
  const { disk, ends } = await written('disk');
  change(disk, wal, (ends[2] ?? 0) + 30, Buffer.from('damaged'));
  const refusal = {
    kind: 'DataFolderRefused',
    message: new RegExp(`${wal}.*commit 2 at byte ${ends[2]}.*backup`, 's'),
  };
  await assert.rejects(opened(disk), refusal);
  await assert.rejects(opened(disk), refusal, 'nothing was changed by looking');
});

test('a former write-ahead file that lost its end is cut if it was not synced, else refused', async () => {
  for (const durability of ['memory', 'disk'] as const) {
    const { disk } = await written(durability, { tailBytes: 500 });
    assert.ok(disk.size(walName(3)) !== undefined);
    const file = disk.open(walName(2), 'existing');
    file.truncate(file.size() - 1);
    if (durability === 'disk') await assert.rejects(opened(disk), { kind: 'DataFolderRefused' });
    else {
      const left = await found(disk);
      assert.ok(left.length > 0 && left.length < commits);
      assert.deepEqual(left, first(left.length));
    }
  }
});

test('a missing write-ahead file is refused', async () => {
  const { disk } = await written('disk');
  await disk.remove(wal);
  await assert.rejects(opened(disk), {
    kind: 'DataFolderRefused',
    message: /wal-1\.log.*missing/s,
  });
});

test('damaged or missing segments: what is damaged is refused when it is read, what is short or missing at once', async () => {
  const flushed = async () => {
    const disk = new MemoryDisk();
    const log = await opened(disk);
    await log.ensureTopics([{ name: 't', partitions: 1, cleanup: 'delete' }]);
    await log.append([record('t', 'key', 'value')]);
    await log.tidy();
    await log.close();
    const segment = [...disk.files().keys()].find((path) => path.endsWith('.seg')) ?? '';
    return { disk: disk.afterCrash(), segment };
  };
  const damaged = await flushed();
  change(damaged.disk, damaged.segment, 40, Buffer.of(0xff));
  const log = await opened(damaged.disk);
  await assert.rejects(readTopic(log, 't'), { kind: 'DataFolderRefused', message: /\.seg is damaged at byte 0/ });
  await log.close();

  const short = await flushed();
  short.disk.open(short.segment, 'existing').truncate(10);
  await assert.rejects(opened(short.disk), {
    kind: 'DataFolderRefused',
    message: /ends at byte 10/,
  });

  const missing = await flushed();
  await missing.disk.remove(missing.segment);
  await assert.rejects(opened(missing.disk), { kind: 'DataFolderRefused', message: /is missing/ });
});
