import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLogger } from './log-output.ts';

test('a line never shows what names a person or lets somebody in, also not from within an error', () => {
  const lines: string[] = [];
  const logger = openLogger({ logLevel: 'info' }, { write: (line) => void lines.push(line) });
  const secret = 'must-not-be-seen';
  logger.info({ customer_id: secret, url: `/customers/${secret}`, status: 200 }, 'line');
  logger.info({ request: { headers: { authorization: secret }, body: secret, method: 'GET' } }, 'line');
  const cause = Object.assign(new Error('inner'), { value: secret });
  const err = Object.assign(new Error('outer', { cause }), { value: { id: secret }, code: 'ENOENT', kind: 'Outer' });
  logger.error({ err }, 'line');
  logger.error({ error: { customer: secret } }, 'line');
  assert.equal(lines.length, 4);
  for (const line of lines) assert.ok(!line.includes(secret), line);
  const failure = JSON.parse(lines[2] ?? '') as { err: Record<string, unknown> & { cause: { message: string } } };
  assert.deepEqual([failure.err['type'], failure.err['code'], failure.err['kind']], ['Error', 'ENOENT', 'Outer']);
  assert.equal(failure.err.cause.message, 'inner');
  assert.match(String(failure.err['stack']), /log-output\.test\.ts/);
});

test('causes that go round end', () => {
  const lines: string[] = [];
  const error = new Error('round');
  error.cause = error;
  openLogger({ logLevel: 'error' }, { write: (line) => void lines.push(line) }).error({ err: error }, 'line');
  assert.equal(lines.length, 1);
});
