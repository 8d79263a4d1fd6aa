import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { configurationDocs, documentation } from './generate-docs.ts';

test('docs/configuration.md says what the code does; if not, run config/generate-docs.ts', async () => {
  assert.equal(readFileSync(documentation, 'utf8'), await configurationDocs());
});
