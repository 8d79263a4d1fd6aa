// A file is imported once, however often it is interrupted, and every line is accounted for.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { interactions } from '../schemas/topics.ts';
import type { Clock } from '../streams/index.ts';
import { importFile, type ImportJob } from './import-file.ts';
import { LogTarget } from './log-target.ts';
import { parseMapping } from './mapping/mapping.ts';
import { preview } from './preview.ts';
import { RejectionReport } from './rejection-report.ts';
import { MemoryLog } from './testing/memory-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'freshet-import-'));
after(() => rmSync(folder, { recursive: true }));

const clock: Clock = { nowMs: () => Date.UTC(2026, 0, 1), sleep: () => Promise.resolve() };
const csv = parseMapping(
  `
target: interactions
format: { type: csv }
fields:
  customer_id: who
  item_id: what
  event_type: { constant: view }
  timestamp: { column: at, unit: s }
`,
  'test.yaml',
);
const header = 'who,what,at\n';
const rows = (count: number) =>
  Array.from({ length: count }, (_, index) => `c${index % 50},i${index},${1_700_000_000 + index}\n`).join('');

let files = 0;
function file(content: string | Buffer, name = `f${(files += 1)}.csv`): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function run(path: string, log: MemoryLog, more: Partial<ImportJob> = {}) {
  const target = new LogTarget({ name: 'memory', log, prefix: 't', clock });
  return importFile({
    path,
    mapping: csv,
    target,
    clock,
    report: new RejectionReport(`${path}.rejected.jsonl`),
    ...more,
  });
}

function contents(log: MemoryLog): string[] {
  return log.all('t.interactions.v1').map(({ key, value }) => `${String(key)} ${(value as Buffer).toString('hex')}`);
}

const itemsOf = (log: MemoryLog) =>
  log.all('t.interactions.v1').map(({ value }) => interactions.codec.decode(value as Buffer).item_id);

test('every line of a file becomes a record', async () => {
  const log = new MemoryLog();
  const summary = await run(file(header + rows(12_345)), log);
  assert.deepEqual([summary.outcome, summary.lines, summary.accepted, summary.rejected], ['done', 12_346, 12_345, 0]);
  assert.equal(new Set(itemsOf(log)).size, 12_345);
});

test('a second import of the same file, under whatever name, does nothing', async () => {
  const log = new MemoryLog();
  await run(file(header + rows(100)), log);
  const summary = await run(file(header + rows(100), 'other-name.csv'), log);
  assert.equal(summary.outcome, 'done before');
  assert.equal(contents(log).length, 100);
});

for (const packed of [false, true]) {
  test(`stopped and started again at any line, ${packed ? 'gzipped' : 'plain'}: the log is the same`, async () => {
    const content = header + rows(20_000);
    const path = file(packed ? gzipSync(content) : content);
    const whole = new MemoryLog();
    await run(path, whole);
    const parts = new MemoryLog();
    for (const limit of [2, 3, 777, 5000, 5001, 12_000, 20_000]) {
      const { outcome, lines } = await run(path, parts, { limit });
      assert.deepEqual([outcome, lines], ['stopped', limit]);
    }
    assert.equal((await run(path, parts)).outcome, 'done');
    assert.deepEqual(contents(parts), contents(whole));
  });
}

test('lost answers and a log that is away for a while double nothing', async () => {
  const path = file(header + rows(20_000));
  const log = new MemoryLog();
  log.faults.push('lost after', 'unavailable', 'lost before', 'lost after', 'unavailable', 'lost after', 'lost after');
  const summary = await run(path, log);
  assert.deepEqual([summary.accepted, contents(log).length], [20_000, 20_000]);
});

test('whoever starts the same import later takes over; the former one stops', async () => {
  const path = file(header + rows(30_000));
  const log = new MemoryLog();
  const first = new LogTarget({ name: 'first', log, prefix: 't', clock });
  await run(path, log, { target: first, limit: 5000 });
  await run(path, log, { limit: 11_000 });
  await assert.rejects(run(path, log, { target: first }), { kind: 'TaskFenced' });
  await run(path, log);
  assert.equal(new Set(itemsOf(log)).size, 30_000);
  assert.equal(contents(log).length, 30_000);
});

test('lines that can’t be used are rejected with number and reason, the others imported', async () => {
  const path = file(
    `${header}c1,i1,1700000000\nc2,i2,soon\n,i3,1700000000\nc4,i4\n"c5,i5,1700000000\nc6,i6,1700000000\n`,
  );
  const log = new MemoryLog();
  const told: number[] = [];
  const summary = await run(path, log, { onRejected: ({ line }) => told.push(line) });
  assert.deepEqual([summary.accepted, summary.rejected], [2, 4]);
  assert.deepEqual(told, [3, 4, 5, 6]);
  const report = readFileSync(`${path}.rejected.jsonl`, 'utf8').trimEnd().split('\n');
  assert.deepEqual(
    report.map((line) => Object.values(JSON.parse(line) as { line: number; reason: string; text: string }).slice(1)),
    [
      ['timestamp: "soon" is no time in s', 'c2,i2,soon'],
      ['customer_id is missing', ',i3,1700000000'],
      ['2 columns instead of 3', 'c4,i4'],
      ['a quote is opened and never closed', '"c5,i5,1700000000'],
    ],
  );
});

test('after interruptions the report lists each rejected line once', async () => {
  const bad = rows(9000).replaceAll(/^(c7,.*),\d+$/gm, '$1,never');
  const path = file(header + bad);
  await run(path, new MemoryLog());
  const wanted = readFileSync(`${path}.rejected.jsonl`, 'utf8');
  const log = new MemoryLog();
  await run(path, log, { limit: 6000 });
  // A crash after the report was written, before the commit, and in the middle of a line.
  writeFileSync(`${path}.rejected.jsonl`, '{"line":8888,"reason":"x","text":""}\n{"line":8', { flag: 'a' });
  await run(path, log);
  assert.equal(readFileSync(`${path}.rejected.jsonl`, 'utf8'), wanted);
});

test('a report is never written over a file that is none', async () => {
  const precious = file('my data\n', 'precious.txt');
  const report = new RejectionReport(precious);
  await assert.rejects(run(file(`${header}c,i,x\n`), new MemoryLog(), { report }), { kind: 'ImportRefused' });
  assert.equal(readFileSync(precious, 'utf8'), 'my data\n');
});

test('where no line can be used nothing is imported: it is the mapping that is wrong', async () => {
  const log = new MemoryLog();
  const path = file(`${header}c,i,x\nc,i,y\n`);
  await assert.rejects(run(path, log), { kind: 'ImportRefused', message: /None of the first 2 lines/ });
  assert.deepEqual(contents(log), []);
});

test('empty files and files with only a header are done at once', async () => {
  for (const content of ['', header, header.trimEnd()]) {
    const summary = await run(file(content), new MemoryLog());
    assert.deepEqual([summary.outcome, summary.accepted], ['done', 0]);
  }
});

test('CRLF, a byte order mark, quotes and line breaks in fields', async () => {
  const log = new MemoryLog();
  await run(file('\uFEFF"who",what,at\r\nc1,"a ""b""\r\nc",1700000000\r\nc2,é,1700000000\r\n'), log);
  assert.deepEqual(new Set(itemsOf(log)), new Set(['a "b"\r\nc', 'é']));
});

test('a gzipped file that breaks off is refused before anything of it is imported', async () => {
  const log = new MemoryLog();
  const packed = gzipSync(header + rows(50_000));
  const path = file(packed.subarray(0, packed.length - 2000), 'broken.csv.gz');
  await assert.rejects(run(path, log), {
    kind: 'ImportRefused',
    message: /it breaks off .* Nothing of it was imported/,
  });
  const damaged = Buffer.from(packed);
  damaged.fill(7, 5000, 5100);
  await assert.rejects(run(file(damaged), log), { kind: 'ImportRefused', message: /can't be unpacked/ });
  assert.deepEqual(contents(log), []);
});

test('columns that the file doesn’t have are named, with what may be meant', async () => {
  const path = file('whom,what,at\nc,i,1\n');
  await assert.rejects(run(path, new MemoryLog()), { kind: 'ImportRefused', message: /who: is it whom\?/ });
  await assert.rejects(run(join(folder, 'none.csv'), new MemoryLog()), { message: /no such file/ });
});

test('columns can be named by the mapping; JSON lines are read by path', async () => {
  const named = { ...csv, format: { ...csv.format, columns: ['at', 'who', 'what'] } };
  const log = new MemoryLog();
  await run(file('1700000000,c,i\n'), log, { mapping: named });
  assert.deepEqual(itemsOf(log), ['i']);

  const json = parseMapping(
    `
target: interactions
format: { type: jsonl }
fields: { customer_id: user.id, event_type: type, timestamp: { column: at, unit: ms }, value: price, item_id: item }
`,
    'json.yaml',
  );
  const lines = [
    '{"user":{"id":17},"type":"view","at":1700000000000,"price":2.5,"item":"x"}',
    '{"user":{},"type":"view","at":1700000000000}',
    'no json',
  ];
  const second = new MemoryLog();
  const summary = await run(file(lines.join('\n')), second, { mapping: json });
  assert.deepEqual([summary.accepted, summary.rejected], [1, 2]);
  const [record] = second.all('t.interactions.v1');
  const value = interactions.codec.decode(record?.value as Buffer);
  assert.deepEqual([value.customer_id, value.value, value.item_id], ['17', 2.5, 'x']);
});

test('a preview shows what lines become and writes nothing', async () => {
  const previews = await preview(file(`${header}c,i,1700000000\nc,i,x\n`), csv, clock, 10);
  assert.equal(previews.length, 2);
  assert.ok('becomes' in (previews[0] ?? {}));
  assert.ok('rejected' in (previews[1] ?? {}));
});

test('a stop signal ends after the chunk under way, and says how to go on', async () => {
  const path = file(header + rows(20_000));
  const log = new MemoryLog();
  const stopping = new AbortController();
  const stopped = run(path, log, { signal: stopping.signal, onProgress: () => stopping.abort() });
  await assert.rejects(stopped, { kind: 'ImportInterrupted', message: /Stopped at line 5000/ });
  assert.equal((await run(path, log)).accepted, 20_000);
});
