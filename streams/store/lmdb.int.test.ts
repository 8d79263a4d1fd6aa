// lmdb against the real dangers: a process killed in mid-write, and a disk that is full.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DependencyUnavailable } from '../errors.ts';
import { openLmdbStateStore } from './lmdb.ts';
import { ENTRIES } from './testing/write-until-killed.ts';

const WRITER = fileURLToPath(new URL('testing/write-until-killed.ts', import.meta.url));
const ROUNDS = 10;
const needsSmallDisk = { skip: whyNoSmallDisk() };

test('kill -9 in mid-write: whole batches, none lost that was applied, nothing wiped', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-kill-'));
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const acknowledged = await runAndKill(folder, 100 + 53 * round);
      await checkWhole(folder, acknowledged);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test(
  'a full disk: a clear error, the former state stays, and it goes on when there is room',
  needsSmallDisk,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'freshet-full-'));
    mount(folder, 16);
    try {
      await fillUp(folder, 4 * 2 ** 20);
    } finally {
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

test(
  'a disk that fills up under the reserve: lmdb fails, the former state stays readable here and after a restart',
  needsSmallDisk,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'freshet-full-'));
    mount(folder, 8);
    try {
      const states = await openLmdbStateStore(folder, { diskReserveBytes: 1 });
      const store = await states.open('customers.0');
      const applied = await applyUntilRefused(store);
      assert.equal(store.get('t', 'number')?.toString(), String(applied));
      await assert.rejects(store.apply([], Buffer.from('x')), /until the process starts again/);
      await states.close();
      execFileSync('mount', ['-o', 'remount,size=16m', folder]);
      const again = await openLmdbStateStore(folder, { diskReserveBytes: 1 });
      assert.equal(again.wiped, null);
      assert.equal((await again.open('customers.0')).meta?.toString(), String(applied));
      await again.close();
    } finally {
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

/** Answers the number of the last batch that the writer knew to be applied. */
async function runAndKill(folder: string, afterMs: number): Promise<number> {
  const writer = spawn(process.execPath, [WRITER, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let acknowledged = 0;
  let timer: NodeJS.Timeout | undefined;
  for await (const line of createInterface({ input: writer.stdout })) {
    acknowledged = Number(line);
    timer ??= setTimeout(() => writer.kill('SIGKILL'), afterMs);
  }
  assert.notEqual(timer, undefined, 'the writer died before it wrote anything');
  return acknowledged;
}

async function checkWhole(folder: string, acknowledged: number): Promise<void> {
  const states = await openLmdbStateStore(folder);
  assert.equal(states.wiped, null);
  const store = await states.open('customers.0');
  const found = store.meta?.toString() ?? '0';
  assert.ok(Number(found) >= acknowledged, `batch ${acknowledged} was applied, but ${found} is the last`);
  const counters = Array.from(store.range('counters'), ({ value }) => value.toString());
  assert.equal(counters.length, ENTRIES);
  assert.ok(counters.every((counter) => counter === found));
  const bulk = Array.from(store.range('bulk')); // walks every page
  assert.ok(bulk.every(({ value }) => value.every((byte) => byte === value[0])));
  await states.close();
}

type Store = Awaited<ReturnType<Awaited<ReturnType<typeof openLmdbStateStore>>['open']>>;

async function applyUntilRefused(store: Store): Promise<number> {
  for (let number = 0; ; number += 1) {
    const filling = Array.from({ length: 500 }, (_, at) => ({
      table: 't',
      key: `${number}-${at}`,
      value: Buffer.alloc(1000, number),
    }));
    const writes = [...filling, { table: 't', key: 'number', value: Buffer.from(String(number)) }];
    try {
      await store.apply(writes, Buffer.from(String(number)));
    } catch (error) {
      assert.ok(error instanceof DependencyUnavailable, String(error));
      return number - 1;
    }
  }
}

async function fillUp(folder: string, diskReserveBytes: number): Promise<void> {
  const states = await openLmdbStateStore(join(folder, 'states'), { diskReserveBytes });
  const store = await states.open('customers.0');
  const ballast = join(folder, 'ballast');
  execFileSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=1M', 'count=2'], { stdio: 'ignore' });
  const applied = await applyUntilRefused(store);
  assert.ok(applied > 0);
  assert.equal(store.get('t', 'number')?.toString(), String(applied));
  await assert.rejects(states.open('customers.1'), DependencyUnavailable);
  rmSync(ballast);
  await store.apply([{ table: 't', key: 'number', value: Buffer.from('roomy') }], Buffer.from('roomy'));
  assert.equal(store.get('t', 'number')?.toString(), 'roomy');
  await states.close();
}

function mount(folder: string, mebibytes: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder]);
}

function whyNoSmallDisk(): string | false {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return false;
  } catch {
    return 'mounting a small disk needs root on Linux';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
