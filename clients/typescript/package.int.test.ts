// What users install: the packed client, without network and without anything that runs TypeScript, does what its page shows.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fencedBlocks } from '../../docs/testing/fenced-blocks.ts';
import { startFreshet } from '../../test/end-to-end/freshet-process.ts';
import { buildPackage } from './scripts/build-package.ts';

const compiler = join(import.meta.dirname, '../../node_modules/.bin/tsc');
const shown = fencedBlocks('clients/typescript/README.md').filter(({ language }) => language === 'ts');

suite('the packed client', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-client-package-'));
  const user = join(folder, 'user');
  before(() => {
    buildPackage(join(folder, 'package'));
    mkdirSync(user);
    run('npm', ['pack', '--silent', join(folder, 'package')], folder);
    const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz')) ?? 'no tarball';
    writeFileSync(join(user, 'package.json'), '{"type": "module"}');
    run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, tarball)], user);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('has JavaScript and declarations, and needs nothing else', () => {
    const installed = join(user, 'node_modules/@freshet/client');
    assert.deepEqual(readdirSync(installed).toSorted(), ['LICENSE', 'README.md', 'dist', 'package.json']);
    const files = readdirSync(join(installed, 'dist'));
    assert.ok(files.includes('index.js') && files.includes('index.d.ts'));
    assert.deepEqual(
      files.filter((file) => !/^[a-z-]+(\.js|\.d\.ts)$/.test(file)),
      [],
    );
    assert.deepEqual(readdirSync(join(user, 'node_modules')).toSorted(), ['.package-lock.json', '@freshet']);
  });

  test('what its page shows agrees with its types, and a mistake does not', () => {
    const [first, second] = shown.map(({ content }) => content);
    const wrong = `import { FreshetClient } from '@freshet/client';
new FreshetClient({ url: '' }).track({ customer_id: 'anna', event_typ: 'view' });`;
    writeFileSync(join(user, 'first.ts'), first ?? '');
    writeFileSync(
      join(user, 'second.ts'),
      `import { FreshetClient } from '@freshet/client';\ndeclare function report(...what: string[]): void;\nnew FreshetClient({ url: '', fetch });\n${second}`,
    );
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom'];
    run(compiler, [...options, '--types', '', 'first.ts', 'second.ts'], user);
    writeFileSync(join(user, 'wrong.ts'), wrong);
    assert.throws(() => run(compiler, [...options, '--types', '', 'wrong.ts'], user), /event_typ/);
  });

  test('does under plain Node what its page shows', async () => {
    const data = join(folder, 'data');
    const freshet = await startFreshet(data);
    try {
      await freshet.ready();
      const program = (shown[0]?.content ?? '').replace('http://localhost:8000', freshet.url);
      writeFileSync(join(user, 'program.mjs'), program);
      const said = run(process.execPath, ['--no-experimental-strip-types', 'program.mjs'], user);
      assert.match(said, /^422 \[\s*\{\s*pointer: '\/price'/m);
      const { events } = (await freshet.ask('GET', '/api/v1/customers/anna')).json<{ events: unknown }>();
      assert.deepEqual(events, { view: 1 });
    } finally {
      await freshet.kill();
    }
  });

  test('is named as its page says', () => {
    const { name } = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8')) as { name: string };
    assert.ok(shown[0]?.content.includes(`from '${name}'`));
  });
});

/** @throws Error with what it said */
function run(command: string, args: readonly string[], folder: string): string {
  try {
    return execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}
