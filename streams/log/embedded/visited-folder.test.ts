// A visitor reads what the owner has committed, while the owner goes on writing, flushing and compacting; and changes nothing.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { EmbeddedLog } from './embedded-log.ts';
import { openEmbeddedLog } from './open.ts';
import { visitEmbeddedLog, type VisitedLog } from './visited-folder.ts';

const TOPIC = 'things';
const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-visited-'));
  folders.push(folder);
  return folder;
}

describe('a log that another process has', () => {
  const folder = newFolder();
  let owner: EmbeddedLog;

  before(async () => {
    // Small files, so that there is much to flush.
    owner = await openEmbeddedLog({ folder, limits: { tailBytes: 4_096, segmentBytes: 16_384 } });
    await owner.ensureTopics([{ name: TOPIC, partitions: 1, cleanup: 'delete' }]);
  });
  after(async () => {
    await owner.close();
    for (const each of folders) rmSync(each, { recursive: true, force: true });
  });

  it('is read as far as it was committed, again and again while it grows', async () => {
    for (let round = 1; round <= 20; round += 1) {
      const writing = append(100);
      const visited = await visitEmbeddedLog(folder);
      const read = await readAll(visited);
      await visited.close();
      await writing;
      assert.ok(read.length >= 100 * (round - 1), `${read.length} in round ${round}`);
      assert.deepEqual(read, [...read.keys()], 'in order, without a gap');
    }
    const visited = await visitEmbeddedLog(folder);
    assert.equal((await readAll(visited)).length, 2_000);
    await visited.close();
  });

  it('is left as it is', async () => {
    await owner.settled();
    const files = () => new Set(readdirSync(folder, { recursive: true, encoding: 'utf8' }));
    const found = files();
    const visited = await visitEmbeddedLog(folder);
    await readAll(visited);
    await visited.close();
    assert.deepEqual(files(), found);
    await append(1);
  });

  it('is not taken for one where there is none', async () => {
    await assert.rejects(visitEmbeddedLog(newFolder()), { kind: 'DataFolderRefused' });
  });

  let written = 0;
  async function append(count: number): Promise<void> {
    for (let at = 0; at < count; at += 10) {
      const records = Array.from({ length: 10 }, () => {
        written += 1;
        return {
          topic: TOPIC,
          key: null,
          value: Buffer.alloc(64, String(written - 1).padEnd(64)),
          timestampMs: written,
        };
      });
      await owner.append(records.slice(0, Math.min(10, count - at)), { durability: 'memory' });
      written -= Math.max(0, 10 - (count - at));
    }
  }

  async function readAll(log: VisitedLog): Promise<number[]> {
    const { start, end } = await log.offsets({ topic: TOPIC, partition: 0 });
    const reader = log.openReader([{ topic: TOPIC, partition: 0, offset: start }]);
    const numbers: number[] = [];
    for (let next = start; next < end;) {
      for (const { records, nextOffset } of await reader.read(1_000)) {
        numbers.push(...records.map(({ value }) => Number(value?.toString())));
        next = nextOffset;
      }
    }
    await reader.close();
    return numbers;
  }
});
