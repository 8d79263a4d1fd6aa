import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { keyFileIn } from '../../config/settings.ts';
import { changeKeyFile, readKeyFile } from './key-file.ts';
import { makeKey, type KeyRequest } from './make-key.ts';

const nowMs = Date.UTC(2026, 10, 22);
const request: KeyRequest = { name: 'shop', kind: 'server', scopes: ['read'], origins: [], expires_at: null };

suite('the file of keys', () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-keys-'));
  const path = keyFileIn(folder);
  after(() => rmSync(folder, { recursive: true }));

  test('holds what was added, for its owner alone, and never the key', () => {
    assert.equal(readKeyFile(path), undefined);
    const { secret, stored } = makeKey(request, nowMs);
    changeKeyFile(path, (keys) => [...keys, stored]);
    assert.deepEqual(readKeyFile(path), [stored]);
    assert.equal(statSync(path).mode & 0o077, 0);
    const text = readFileSync(path, 'utf8');
    assert.ok(!text.includes(secret) && !text.includes(secret.slice(-10)));
  });

  test('no two keys are alike', () => {
    const secrets = Array.from({ length: 100 }, () => makeKey(request, nowMs).secret);
    assert.equal(new Set(secrets).size, 100);
    for (const secret of secrets) assert.match(secret, /^freshet_[0-9a-f]{8}_[\w-]{43}$/);
  });

  test('a change that fails leaves it as it was, and does not lock others out', () => {
    const before = readFileSync(path, 'utf8');
    const failing = () => {
      throw new Error('no');
    };
    assert.throws(() => changeKeyFile(path, failing), /no/);
    assert.equal(readFileSync(path, 'utf8'), before);
    changeKeyFile(path, (keys) => keys);
  });

  test('two changes at one time do not lose one another: the second is told to wait', () => {
    changeKeyFile(path, (keys) => {
      assert.throws(() => changeKeyFile(path, () => []), { kind: 'KeyFileBusy' });
      return keys;
    });
    assert.equal(readKeyFile(path)?.length, 1);
  });

  test('something else is refused, with what to do', () => {
    for (const text of ['', '{', '[]', '{"version":2,"keys":[]}', '{"version":1,"keys":[{"id":"x"}]}']) {
      writeFileSync(path, text);
      assert.throws(() => readKeyFile(path), { kind: 'KeyFileUnusable', message: /Restore it/ }, text);
    }
  });
});
