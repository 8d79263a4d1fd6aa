// The page's table is the one that is computed, and its unit costs stand where it says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { sizingTable } from '../bench/sizing.ts';

const cellsOf = (table: string) =>
  table
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s|-]+$/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));

test('the table is what npm run sizing prints', () => {
  const [shown = ''] = readFileSync('docs/sizing.md', 'utf8').match(/^\| events\/s[\s\S]*?(?=\n\n)/m) ?? [];
  assert.deepEqual(cellsOf(shown), cellsOf(sizingTable()));
});

test('the unit costs are those of the pages', () => {
  const performance = readFileSync('docs/performance.md', 'utf8');
  for (const figure of ['17.8 s', '126 µs', '73.1 µs', '45.5 µs', '109 µs', '572 MiB', '6,767 MiB', '1,054 µs'])
    assert.ok(performance.includes(figure), `docs/performance.md no longer says ${figure}: compute the sizes again`);
  assert.ok(readFileSync('docs/redis.md', 'utf8').includes('About 1.8 kB per customer'));
});
