import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readSessions } from './read-sessions.ts';

const folder = mkdtempSync(join(tmpdir(), 'freshet-sessions-'));
after(() => rmSync(folder, { recursive: true }));

function file(content: string | Buffer): string {
  const path = join(folder, 'sessions');
  writeFileSync(path, content);
  return path;
}

test('a session a line, packed or not', () => {
  const expected = [
    { items: ['3', '1', '3'], endSeconds: undefined },
    { items: ['7'], endSeconds: undefined },
  ];
  assert.deepEqual(readSessions(file('3 1 3\n7\n')), expected);
  assert.deepEqual(readSessions(file(gzipSync('3 1 3\r\n7\r\n'))), expected);
});

test('a session a line with times', () => {
  assert.deepEqual(readSessions(file('5:1441939815 6:1441940543\n')), [{ items: ['5', '6'], endSeconds: 1441940543 }]);
});

test('a click a line: put in order of time, and sessions by their ends', () => {
  const clicks = 'SessionId\tItemId\tTime\n2\tb\t30.0\n1\tx\t50\n2\ta\t10\n1\ty\t50\n';
  assert.deepEqual(readSessions(file(clicks)), [
    { items: ['a', 'b'], endSeconds: 30 },
    { items: ['x', 'y'], endSeconds: 50 },
  ]);
});

test('what can’t be read is refused with the reason', () => {
  assert.throws(() => readSessions(join(folder, 'missing')), /missing can't be read/);
  assert.throws(() => readSessions(file('')), /is empty/);
  assert.throws(
    () => readSessions(file('session,thing,time\n1,2,3')),
    /no column for item; it has session, thing, time/,
  );
  assert.throws(() => readSessions(file('session,item,time\n1,2,3\n1,2,noon')), /line 3: not a session/);
});
