import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { storeBytes } from './store-bytes.ts';

test('a store is as large as its files on the disk, and there only when its folder is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-bytes-'));
  mkdirSync(join(folder, 'state', 'deeper'), { recursive: true });
  // On the disk and not to be compressed: both would make it smaller.
  writeFileSync(join(folder, 'state', 'deeper', 'file'), randomBytes(100_000), { flush: true });
  const registry = new Registry();
  storeBytes(registry, folder);
  const text = await registry.metrics();
  const bytes = Number(/^freshet_store_bytes\{store="state"\} (\d+)$/m.exec(text)?.[1]);
  assert.ok(bytes >= 100_000 && bytes < 200_000, text);
  assert.doesNotMatch(text, /serving/);
  rmSync(folder, { recursive: true });
});
