// A disk that is full or fails: what can't be written is refused as a whole, and works again when there is room.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dice } from '../../testing/simulator/dice.ts';
import { readTopic, record, values } from '../contract/support.ts';
import type { EmbeddedLog } from './embedded-log.ts';
import type { LogLimits } from './limits.ts';
import { MemoryDisk, PartialWrite } from './memory-disk.ts';
import { openEmbeddedLog } from './open.ts';
import { ManualClock, turns } from './testing/manual-clock.ts';
import { Workload } from './testing/workload.ts';

const unavailable = { kind: 'DependencyUnavailable', dependency: 'disk' };

async function opened(
  disk: MemoryDisk,
  limits: Partial<LogLimits> = {},
  clock = new ManualClock(),
): Promise<EmbeddedLog> {
  const log = await openEmbeddedLog({
    folder: disk,
    clock,
    limits: { freeBytesReserve: 0, ...limits },
    onProblem: () => {},
  });
  await log.ensureTopics([{ name: 't', partitions: 1, cleanup: 'delete' }]);
  return log;
}

test('when the disk is full at whatever byte, the commit is refused as a whole; with room again the next one works', async () => {
  for (let room = 0; room < 120; room += 1) {
    const disk = new MemoryDisk();
    const log = await opened(disk);
    await log.append([record('t', 'k', 'before')]);
    const used = [...disk.files().values()].reduce((sum, size) => sum + size, 0);
    disk.capacityBytes = used + room;
    const transactor = await log.openTransactor('id');
    await assert.rejects(transactor.commit({ records: [record('t', 'k', 'x'.repeat(100))] }), unavailable);
    await assert.rejects(log.append([record('t', 'k', 'x'.repeat(100))]), unavailable);
    disk.capacityBytes = Infinity;
    await transactor.commit({ records: [record('t', 'k', 'after')] });
    assert.deepEqual(values(await readTopic(log, 't')), ['before', 'after']);
    const next = await opened(disk.afterCrash());
    assert.deepEqual(values(await readTopic(next, 't')), ['before', 'after']);
  }
});

test('with only the reserve left, appends are refused and transactions go on', async () => {
  const disk = new MemoryDisk();
  const clock = new ManualClock();
  const log = await opened(disk, { freeBytesReserve: 10_000, freeCheckMs: 1000 }, clock);
  await log.append([record('t', 'k', 'plenty')]);
  disk.capacityBytes = 9_000;
  clock.advance(1000);
  await assert.rejects(log.append([record('t', 'k', 'too much')]), unavailable);
  assert.equal(log.room().isScarce, true);
  assert.ok(log.room().freeBytes < 9_000);
  const transactor = await log.openTransactor('id');
  await transactor.commit({ records: [record('t', 'k', 'processed')] });
  disk.capacityBytes = Infinity;
  await assert.rejects(log.append([record('t', 'k', 'too early')]), unavailable);
  clock.advance(1000);
  await log.append([record('t', 'k', 'again')]);
  assert.deepEqual(values(await readTopic(log, 't')), ['plenty', 'processed', 'again']);
  await log.close();
});

test('when tails can not be flushed, writers are refused instead of waiting for ever, and go on when they can be', async () => {
  const disk = new MemoryDisk();
  const clock = new ManualClock();
  const log = await opened(disk, { tailBytes: 2000, sealedTailsMax: 2, retryMs: 100 }, clock);
  disk.before = ({ kind, path }) => {
    if (kind === 'write' && path.endsWith('.seg')) throw new Error('no space for segments');
  };
  const fill = async () => {
    for (let number = 0; number < 100; number += 1) {
      await log.append([record('t', 'k', 'x'.repeat(500))], { durability: 'memory' });
      await turns(3);
    }
  };
  await assert.rejects(fill(), unavailable);
  assert.ok(log.stats().tailBytes <= 3 * 2000 + 1000);
  disk.before = undefined;
  for (let round = 0; round < 5; round += 1) {
    clock.advance(100);
    await turns(50);
  }
  const { length } = await readTopic(log, 't');
  await log.append([record('t', 'k', 'after')]);
  assert.equal((await readTopic(log, 't')).length, length + 1);
  await log.close();
});

test('after a failed sync nothing more is accepted, since nobody knows what is on the disk', async () => {
  const disk = new MemoryDisk();
  const log = await opened(disk);
  await log.append([record('t', 'k', 'synced')]);
  disk.before = ({ kind }) => {
    if (kind === 'sync') throw new Error('i/o error');
  };
  await assert.rejects(log.append([record('t', 'k', 'perhaps')]), unavailable);
  disk.before = undefined;
  await assert.rejects(log.append([record('t', 'k', 'more')]), /opened again/);
  await assert.rejects(log.append([record('t', 'k', 'more')], { durability: 'memory' }), /opened again/);
  const next = await opened(disk.afterCrash());
  assert.equal(values(await readTopic(next, 't'))[0], 'synced');
  await next.append([record('t', 'k', 'again')]);
  await next.close();
});

test('operations that fail now and then lose nothing that was accepted and invent nothing', async () => {
  for (let seed = 0; seed < 60; seed += 1) {
    const dice = new Dice(`stumbling ${seed}`);
    const clock = new ManualClock();
    const disk = new MemoryDisk();
    const workload = new Workload(dice, clock);
    const limits = {
      tailBytes: 3000,
      segmentBytes: 2000,
      segmentBytesMin: 500,
      blockBytes: 300,
      sliceBytes: 500,
      freeBytesReserve: 0,
      retryMs: 10,
    };
    const log = await opened(disk, limits, clock);
    await workload.begin(log);
    disk.before = ({ kind, path }) => {
      // A failed sync or rename ends a log's work: that is another test.
      const mayFail = kind !== 'sync' && kind !== 'syncFolder' && kind !== 'rename' && kind !== 'read' && path !== '';
      if (mayFail && dice.chance(0.05))
        throw kind === 'write' ? new PartialWrite(dice.int(0, 100)) : new Error('i/o error');
    };
    await workload.run(log, 80, () => false);
    disk.before = undefined;
    await workload.check(log, 'none');
    await clock.pass(log.tidy());
    await workload.check(log, 'none');
    const next = await opened(disk.afterCrash());
    await workload.check(next, 'process');
    await next.close();
  }
});
