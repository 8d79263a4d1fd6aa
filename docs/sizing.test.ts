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
  for (const figure of [
    'the stage of customers 0.51',
    'the API 0.33',
    'the other stages\n0.19',
    '45.5 µs',
    '107 µs',
    '572 MiB',
    '6,767 MiB',
    '1,054 µs',
    '3,275 µs',
  ])
    assert.ok(performance.includes(figure), `docs/performance.md no longer says ${figure}: compute the sizes again`);
  assert.ok(readFileSync('docs/redis.md', 'utf8').includes('About 1.8 kB per customer'));
});

test('the page of deployment has the figures of the image', () => {
  const deployment = readFileSync('docs/deployment.md', 'utf8');
  const [, size, packed] = /it adds ([\d.]+) MiB, ([\d.]+) MiB when compressed/.exec(deployment) ?? [];
  const measured = cellsOf(readFileSync('docs/performance.md', 'utf8'));
  const mebibytesOf = (what: string) => measured.find((cells) => cells[1] === what)?.[2];
  assert.deepEqual([size, packed], [mebibytesOf('all'), mebibytesOf('all, gzip')]);
});
