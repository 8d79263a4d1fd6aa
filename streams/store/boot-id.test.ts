import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentBootId, sameBoot } from './boot-id.ts';

test('this boot is the same boot', () => {
  assert.ok(currentBootId().length > 10);
  assert.ok(sameBoot(currentBootId(), currentBootId()));
});

test('boot times may be rounded differently, everything else must be equal', () => {
  assert.ok(sameBoot('booted-at:1000', 'booted-at:1003'));
  assert.ok(!sameBoot('booted-at:1000', 'booted-at:1060'));
  assert.ok(!sameBoot('booted-at:1000', 'af2e-1'));
  assert.ok(!sameBoot('af2e-1', 'af2e-2'));
});
