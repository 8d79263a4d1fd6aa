import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { generateTypes } from './generate-types.ts';

test('types.ts is what the schemas say', () => {
  const written = readFileSync(new URL('types.ts', import.meta.url), 'utf8');
  assert.equal(written, generateTypes(), 'run: node schemas/generate-types.ts');
});
