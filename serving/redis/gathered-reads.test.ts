import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatheredReads } from './gathered-reads.ts';

/** Answers each name with its bytes, those that begin with `no` with nothing; fails when asked for `bad`. */
function readsOf(): { reads: GatheredReads; commands: string[][] } {
  const commands: string[][] = [];
  const reads = new GatheredReads(async (names) => {
    commands.push(names);
    await new Promise(setImmediate);
    if (names.includes('bad')) throw new Error('away');
    return names.map((name) => (name.startsWith('no') ? null : Buffer.from(name)));
  });
  return { reads, commands };
}

test('reads of one turn are one command, and each gets its own', async () => {
  const { reads, commands } = readsOf();
  const answers = await Promise.all([reads.value('a'), reads.values(['b', 'none', 'c']), reads.value('nothing')]);
  assert.deepEqual(answers, [Buffer.from('a'), [Buffer.from('b'), null, Buffer.from('c')], null]);
  assert.deepEqual(commands, [['a', 'b', 'none', 'c', 'nothing']]);
});

test('what is asked while a command is under way goes together into the next', async () => {
  const { reads, commands } = readsOf();
  const first = reads.value('a').then(async () => reads.value('d'));
  await new Promise(setImmediate);
  await Promise.all([first, reads.value('b'), reads.value('c')]);
  assert.deepEqual(commands, [['a'], ['b', 'c'], ['d']]);
});

test('no command asks for more than a server answers at once, but for the sake of one reader', async () => {
  const { reads, commands } = readsOf();
  const namesOf = (count: number, of: string) => Array.from({ length: count }, (_, at) => `${of}${at}`);
  const [many, some, one] = await Promise.all([
    reads.values(namesOf(1_500, 'many')),
    reads.values(namesOf(999, 'some')),
    reads.values(['x', 'y']),
  ]);
  assert.deepEqual(
    commands.map((names) => names.length),
    [1_500, 999, 2],
  );
  assert.equal(many.at(-1)?.toString(), 'many1499');
  assert.equal(some.at(-1)?.toString(), 'some998');
  assert.equal(one.at(-1)?.toString(), 'y');
});

test('a command that fails, fails for those who are in it, and nobody else', async () => {
  const { reads } = readsOf();
  const together = await Promise.allSettled([reads.value('a'), reads.value('bad')]);
  assert.deepEqual(
    together.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.deepEqual(await reads.value('a'), Buffer.from('a'));
});
