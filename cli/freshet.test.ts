// The command teaches: help, guesses, exit codes; and it loads nothing it doesn't need.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { commands } from './commands.ts';

const folder = mkdtempSync(join(tmpdir(), 'freshet-cli-'));
after(() => rmSync(folder, { recursive: true }));

function freshet(...args: string[]) {
  const env = { ...process.env, DATA_DIR: join(folder, 'data'), API_PORT: '9' };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['cli/freshet.ts', ...args], {
    encoding: 'utf8',
    env,
  });
  return { status, stdout, stderr };
}

test('help lists every command and explains each of them', () => {
  const { status, stdout } = freshet('--help');
  assert.equal(status, 0);
  for (const { name } of commands) {
    assert.match(stdout, new RegExp(`^  ${name} `, 'm'));
    const help = freshet('help', ...name.split(' '));
    assert.equal(help.stdout, freshet(...name.split(' '), '--help').stdout);
    assert.match(help.stdout, /Examples:/);
  }
});

test('without a command, or with one that does not exist, it says what there is and exits with 2', () => {
  assert.equal(freshet().status, 2);
  const { status, stderr } = freshet('imprt');
  assert.equal(status, 2);
  assert.match(stderr, /Did you mean import\?/);
  const option = freshet('import', '--maping', 'x');
  assert.equal(option.status, 2);
  assert.match(option.stderr, /--maping.*\nSee freshet help import/s);
});

test('the version is the package’s', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  assert.equal(freshet('--version').stdout, `${manifest.version}\n`);
});

test('commands of two words: the first one alone says which there are, and its help explains all of them', () => {
  const { status, stderr } = freshet('dead-letters');
  assert.deepEqual([status, stderr], [2, 'freshet dead-letters needs one of: list, show.\n']);
  for (const line of [
    ['help', 'dead-letters'],
    ['dead-letters', '--help'],
  ]) {
    assert.match(
      freshet(...line).stdout,
      /Usage: freshet dead-letters list[^]*Usage: freshet dead-letters show <position>/,
    );
  }
  assert.match(freshet('dead-letters', 'show').stderr, /^freshet dead-letters show <position>: give one, not none/);
});

test('topology prints what runs, in each format', () => {
  assert.match(freshet('topology').stdout, /stage customers/);
  assert.match(freshet('topology', '--format', 'mermaid').stdout, /flowchart|graph/);
  assert.ok('stages' in (JSON.parse(freshet('topology', '--format', 'json').stdout) as object));
  assert.equal(freshet('topology', '--json').stdout, freshet('topology', '--format', 'json').stdout);
  assert.equal(freshet('topology', '--format', 'png').status, 2);
});

test('who asks a server that is not there is told so and exits with 3, as JSON too', () => {
  for (const line of [['status'], ['dead-letters', 'list'], ['dead-letters', 'show', '0:1']]) {
    const { status, stderr } = freshet(...line);
    assert.equal(status, 3);
    assert.match(stderr, /^http:\/\/127.0.0.1:9 does not answer: .*Is it running/);
    const { error } = JSON.parse(freshet(...line, '--json').stdout) as { error: string };
    assert.equal(`${error}\n`, stderr);
  }
});

test('import: usage errors exit with 2, an import with 0 and a summary as JSON', () => {
  const source = join(folder, 'people.csv');
  writeFileSync(source, 'id,age\na,30\nb,old\nc,41\n');
  const mapping = join(folder, 'people.yaml');
  writeFileSync(mapping, 'target: customers\nformat: { type: csv }\nfields: { customer_id: id, age: age }\n');
  assert.equal(freshet('import').status, 2);
  assert.match(freshet('import', source).stderr, /--mapping is missing/);
  assert.match(freshet('import', source, '-m', join(folder, 'none.yaml')).stderr, /can't be read/);

  const dry = freshet('import', source, '-m', mapping, '--dry-run', '--json');
  assert.equal(dry.stdout.trimEnd().split('\n').length, 3);

  const done = freshet('import', source, '-m', mapping, '--json');
  assert.equal(done.status, 0, done.stderr);
  const { files } = JSON.parse(done.stdout) as { files: { accepted: number; rejected: number; outcome: string }[] };
  assert.deepEqual([files[0]?.accepted, files[0]?.rejected, files[0]?.outcome], [2, 1, 'done']);
  assert.match(done.stderr, /line 3 rejected: age: "old" is no number/);
  assert.match(readFileSync(`${source}.rejected.jsonl`, 'utf8'), /"line":3/);
  assert.match(freshet('import', source, '-m', mapping).stderr, /was imported before: 2 records/);
});
