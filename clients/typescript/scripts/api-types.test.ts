import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { apiTypes } from './api-types.ts';

test('the checked-in types are those of the API’s document', { timeout: 60_000 }, async () => {
  const checkedIn = readFileSync(new URL('../src/api-types.ts', import.meta.url), 'utf8');
  assert.equal(checkedIn, await apiTypes(), 'run node clients/typescript/scripts/generate-types.ts');
});
