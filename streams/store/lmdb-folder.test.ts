// Which folders are trusted, which are wiped, and that a full disk is refused before lmdb meets it.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { Bug, DependencyUnavailable } from '../errors.ts';
import { LmdbFolder } from './lmdb-folder.ts';

let folder: string;
const data = (): string => join(folder, 'data.mdb');
const marker = (): string => join(folder, 'trust.json');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'freshet-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a new folder and a closed one are used as they are', async () => {
  await fill();
  assert.equal(await wipedAtOpening(), null);
  assert.equal(await countAtOpening(), 500);
});

test('one left open in this boot is trusted: the kernel has its pages', async () => {
  await fill();
  edit({ closedBytes: null });
  assert.equal(await countAtOpening(), 500);
});

test('one left open in another boot is wiped, one closed in another boot is not', async () => {
  await fill();
  edit({ bootId: 'another' });
  assert.equal(await countAtOpening(), 500);
  edit({ bootId: 'another', closedBytes: null });
  assert.match((await wipedAtOpening()) ?? '', /machine went down/);
  assert.equal(await countAtOpening(), 0);
});

test('while it is open, the marker on disk says so', async () => {
  const opened = new LmdbFolder(folder);
  assert.equal(readMarker()['closedBytes'], null);
  await opened.close();
  assert.equal(readMarker()['closedBytes'], statSync(data()).size);
});

test('without a readable marker of our format it is wiped', async () => {
  for (const spoil of [
    () => rmSync(marker()),
    () => writeFileSync(marker(), '{"format":1'),
    () => edit({ format: 99 }),
  ]) {
    await fill();
    spoil();
    assert.notEqual(await wipedAtOpening(), null);
    assert.equal(await countAtOpening(), 0);
  }
});

test('a file that changed its size since it was closed is wiped', async () => {
  await fill();
  truncateSync(data(), statSync(data()).size + 4096);
  assert.match((await wipedAtOpening()) ?? '', /closed with/);
});

test('cut and foreign data files are wiped before lmdb maps them, which would kill the process', async () => {
  for (const bytes of [100, 4096, 8192, 12_288, 200_000]) {
    await fill();
    edit({ closedBytes: null });
    truncateSync(data(), bytes);
    assert.match((await wipedAtOpening()) ?? '', /data file/, `cut to ${bytes}`);
    assert.equal(await countAtOpening(), 0);
  }
  await fill();
  edit({ closedBytes: null });
  writeFileSync(data(), Buffer.alloc(100_000, 'garbage'));
  assert.match((await wipedAtOpening()) ?? '', /not one of lmdb/);
});

test('an empty data file, as from a process that died while it made it, is used', async () => {
  await fill();
  edit({ closedBytes: null });
  truncateSync(data(), 0);
  rmSync(join(folder, 'lock.mdb'));
  assert.equal(await wipedAtOpening(), null);
  assert.equal(await countAtOpening(), 0);
});

test('a lost or foreign lock file does not matter', async () => {
  await fill();
  rmSync(join(folder, 'lock.mdb'));
  assert.equal(await countAtOpening(), 500);
  writeFileSync(join(folder, 'lock.mdb'), 'garbage');
  assert.equal(await countAtOpening(), 500);
});

test('corruption met while in use stops all writing and is remembered for the next start', async () => {
  await fill();
  const opened = new LmdbFolder(folder);
  const table = opened.openTable('t');
  const verdict = opened.verdict(Object.assign(new Error('MDB_CORRUPTED'), { code: -30796 }));
  assert.equal('kind' in verdict && verdict.kind, 'StateUnusable');
  await assert.rejects(
    opened.commit(table, () => undefined),
    DependencyUnavailable,
  );
  await opened.close();
  assert.match((await wipedAtOpening()) ?? '', /MDB_CORRUPTED/);
  assert.equal(await wipedAtOpening(), null);
});

test('with too little room on the disk nothing is opened or written', async () => {
  const more = 2 ** 60;
  assert.throws(() => new LmdbFolder(folder, { diskReserveBytes: more }), DependencyUnavailable);
  assert.equal(existsSync(data()), false);
});

test('a closed folder refuses', async () => {
  const opened = new LmdbFolder(folder);
  const table = opened.openTable('t');
  await opened.close();
  await opened.close();
  await assert.rejects(
    opened.commit(table, () => undefined),
    Bug,
  );
  assert.throws(() => opened.openTable('t'), Bug);
});

async function fill(): Promise<void> {
  const opened = new LmdbFolder(folder);
  const table = opened.openTable('t');
  await opened.clearTable(table);
  await opened.commit(table, () => {
    for (let at = 0; at < 500; at += 1) void table.put(Buffer.from(`key-${at}`), Buffer.alloc(1000, at));
  });
  await opened.close();
}

async function wipedAtOpening(): Promise<string | null> {
  const opened = new LmdbFolder(folder);
  await opened.close();
  return opened.wiped;
}

async function countAtOpening(): Promise<number> {
  const opened = new LmdbFolder(folder);
  const count = opened.openTable('t').getCount();
  await opened.close();
  return count;
}

function readMarker(): Record<string, unknown> {
  return JSON.parse(readFileSync(marker(), 'utf8')) as Record<string, unknown>;
}

function edit(change: Record<string, unknown>): void {
  writeFileSync(marker(), JSON.stringify({ ...readMarker(), ...change }));
}
