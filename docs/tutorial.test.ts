// The tutorial's code is that of examples/8-own-processor, character for character, and its program does what the page says.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fencedBlocks } from './testing/fenced-blocks.ts';

const page = 'docs/tutorial.md';
const folder = 'examples/8-own-processor';
const program = new URL('../examples/8-own-processor/run.ts', import.meta.url);

test('the code on the page is the code in the folder', () => {
  const shown = Map.groupBy(
    fencedBlocks(page).filter(({ note }) => note.startsWith('file=')),
    ({ note }) => note.replace('file=', ''),
  );
  assert.deepEqual(
    [...shown.keys()].toSorted(),
    readdirSync(folder)
      .filter((file) => file !== 'README.md')
      .map((file) => `${folder}/${file}`),
  );
  for (const [file, blocks] of shown) {
    const onPage = blocks.map(({ content }) => content).join('\n\n');
    assert.equal(`${onPage}\n`, readFileSync(file, 'utf8'), `${page} shows ${file} differently`);
  }
});

test('the program goes on where it was, and rebuilds a local store that is lost', () => {
  const data = mkdtempSync(join(tmpdir(), 'freshet-tutorial-'));
  const [command, expected] = fencedBlocks(page)
    .filter(({ section }) => section.startsWith('6.'))
    .slice(1);
  assert.ok(existsSync(program) && command?.content.includes(`${folder}/run.ts`));
  const run = () => {
    const line = command?.content.replace('data/own-processor', data) ?? '';
    const { stdout, stderr } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
    return stdout === '' ? stderr : stdout.trimEnd();
  };
  assert.equal(run(), expected?.content);
  assert.equal(run(), expected?.content.replace(' 2 ', ' 4 '));
  rmSync(join(data, 'state'), { recursive: true });
  assert.equal(run(), expected?.content.replace(' 2 ', ' 6 '));
  rmSync(data, { recursive: true });
});
