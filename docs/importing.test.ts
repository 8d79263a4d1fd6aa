// The mapping that the page shows is one that can be used, and reads the line beside it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMapping } from '../imports/mapping/mapping.ts';
import { rowMapper } from '../imports/mapping/row-mapper.ts';
import { fencedBlocks } from './testing/fenced-blocks.ts';

const row = { Kunde: 'K-17', Artikel: 'A-4', Aktion: 'gekauft', Wann: '24.12.2025 18:30', Betrag: '1299,90' };

test('the mapping on the page reads the line on the page', () => {
  const [shown] = fencedBlocks('docs/importing.md').filter(({ language }) => language === 'yaml');
  const mapping = parseMapping(shown?.content ?? '', 'docs/importing.md');
  const columns = (name: string) => (from: typeof row) => from[name as keyof typeof row];
  const facts = { importId: 'imp', modifiedMs: 0, latestMs: Date.UTC(2030, 0, 1) };
  const imported = rowMapper(mapping, columns, facts)(row, 2);
  assert.ok(imported?.target === 'interactions');
  const { customer_id, item_id, event_type, timestamp, value } = imported.value;
  assert.deepEqual(
    [customer_id, item_id, event_type, new Date(timestamp).toISOString(), value],
    ['shop-K-17', 'shop-A-4', 'purchase', '2025-12-24T17:30:00.000Z', 1299.9],
  );
});
