// `freshet keys`, as somebody at a shell sees it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const folder = mkdtempSync(join(tmpdir(), 'freshet-cli-keys-'));
after(() => rmSync(folder, { recursive: true }));

/** API_HOST is what makes a key necessary, so that it must not keep one from being made. */
function keys(...args: string[]) {
  const env = { ...process.env, DATA_DIR: folder, API_HOST: '0.0.0.0', API_KEYS: '' };
  return spawnSync(process.execPath, ['cli/freshet.ts', 'keys', ...args], { encoding: 'utf8', env });
}

test('a key is shown once, listed without it, and gone when revoked', () => {
  const added = keys('add', 'shop backend', '--scope', 'ingest+read');
  assert.equal(added.status, 0, added.stderr);
  assert.match(added.stdout, /^freshet_[0-9a-f]{8}_[\w-]{43}\n$/, 'nothing else, so that a script can take it');
  assert.match(added.stderr, /shown this once.*\nFrom now on the API asks for a key/);
  const [, id = ''] = added.stdout.split('_');
  const listed = keys('list');
  assert.match(listed.stdout, new RegExp(`^${id} +shop backend +server +ingest\\+read`, 'm'));
  assert.ok(!listed.stdout.includes(added.stdout.trim()));
  assert.equal(keys('revoke', id).status, 0);
  assert.match(keys('list').stdout, /No keys in/);
});

test('as JSON', () => {
  const added = JSON.parse(
    keys('add', 'pages', '--browser', '--origin', 'https://shop.example', '--expires', '90d', '--json').stdout,
  ) as { key: string; id: string; kind: string; scopes: string[]; origins: string[]; expires_at: string };
  assert.deepEqual([added.kind, added.scopes, added.origins], ['browser', ['ingest'], ['https://shop.example']]);
  const listed = JSON.parse(keys('list', '--json').stdout) as { keys: Record<string, unknown>[] };
  assert.deepEqual(
    listed.keys.map(({ id, expires_at, expired }) => [id, expires_at, expired]),
    [[added.id, added.expires_at, false]],
  );
  assert.ok(!('key' in (listed.keys[0] ?? {})) && !('sha256' in (listed.keys[0] ?? {})));
  assert.deepEqual(JSON.parse(keys('revoke', 'pages', '--json').stdout), { revoked: added.id });
});

test('what can’t be meant is refused with what to do, and changes nothing', () => {
  for (const [args, message] of [
    [[], /needs one of: add, list, revoke/],
    [['add'], /give one, not none/],
    [['add', ' ', '--scope', 'read'], /needs a name/],
    [['add', 'x'], /--scope is missing/],
    [['add', 'x', '--scope', 'read+write'], /not write/],
    [['add', 'x', '--browser'], /needs --origin/],
    [['add', 'x', '--browser', '--scope', 'admin', '--origin', 'https://a.example'], /ingest and no other/],
    [['add', 'x', '--browser', '--origin', 'https://a.example/path'], /not https:\/\/a.example\/path/],
    [['add', 'x', '--scope', 'read', '--origin', 'https://a.example'], /--origin is for keys with --browser/],
    [['add', 'x', '--scope', 'read', '--expires', '2020-01-01'], /a day to come/],
    [['add', 'two', 'words', '--scope', 'read'], /give one, not 2/],
    [['revoke'], /give one, not none/],
  ] as const) {
    const { status, stderr } = keys(...args);
    assert.equal(status, 2, args.join(' '));
    assert.match(stderr, message);
  }
  const unknown = keys('revoke', 'nobody');
  assert.equal(unknown.status, 1, 'what is not found is no wrong usage');
  assert.match(unknown.stderr, /no key nobody/);
  assert.match(keys('list').stdout, /No keys in/);
});
