// However a file is cut into pieces, its records are the same, and reading can go on after each of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RecordSplitter, type RawRecord, type SplitOptions } from './record-splitter.ts';

const csv: SplitOptions = { quotedAfter: ',', encoding: 'utf-8' };

function split(bytes: Buffer, options: SplitOptions = csv, pieceLength = bytes.length): RawRecord[] {
  const splitter = new RecordSplitter(options);
  const records: RawRecord[] = [];
  for (let at = 0; at < bytes.length; at += pieceLength) {
    records.push(...splitter.push(bytes.subarray(at, at + pieceLength)));
  }
  return [...records, ...splitter.end()];
}

const texts = (text: string, options = csv) => split(Buffer.from(text), options).map((record) => record.text);

test('lines end with LF or CRLF, the last one with nothing at all', () => {
  assert.deepEqual(texts('a,b\nc,d\r\ne,f'), ['a,b', 'c,d', 'e,f']);
  assert.deepEqual(texts('a\n\nb\n'), ['a', '', 'b']);
  assert.deepEqual(texts(''), []);
});

test('line breaks within quotes belong to the field; lines are counted as an editor counts them', () => {
  const records = split(Buffer.from('id,text\n1,"two\nlines, ""quoted"""\n2,x\n'));
  assert.deepEqual(
    records.map(({ text, line, linesEnd }) => [text, line, linesEnd]),
    [
      ['id,text', 1, 1],
      ['1,"two\nlines, ""quoted"""', 2, 3],
      ['2,x', 4, 4],
    ],
  );
});

test('a quote within a field is a letter like others', () => {
  assert.deepEqual(texts('5" pipe,a\nb,6"\n'), ['5" pipe,a', 'b,6"']);
});

test('where nothing is quoted, quotes are letters', () => {
  assert.deepEqual(texts('"a\nb\n', { encoding: 'utf-8' }), ['"a', 'b']);
});

test('a byte order mark is passed over, before a quote as well', () => {
  assert.deepEqual(texts('\uFEFF"a\nb",c\n'), ['"a\nb",c']);
});

test('a quote that is never closed costs its line, not the file', () => {
  const records = split(Buffer.from('a,b\n1,"open\n2,x\n3,y\n'));
  assert.deepEqual(
    records.map(({ text, problem, line }) => [line, problem ?? text]),
    [
      [1, 'a,b'],
      [2, 'a quote is opened and never closed'],
      [3, '2,x'],
      [4, '3,y'],
    ],
  );
  assert.equal(records[1]?.text, '1,"open', 'what the line says is shown with it');
});

test('a line that is too long is passed over in constant memory', () => {
  const options = { ...csv, recordBytesMax: 100 };
  const bytes = Buffer.from(`a\n${'x'.repeat(5000)}\nb\n"${'y\n'.repeat(100)}\nc\n`);
  for (const pieceLength of [7, 64, bytes.length]) {
    const records = split(bytes, options, pieceLength);
    assert.deepEqual(
      records.slice(0, 4).map(({ text, problem, line }) => [line, problem ?? text]),
      [
        [1, 'a'],
        [2, 'longer than 100 bytes'],
        [3, 'b'],
        [4, 'a quote is opened and never closed'],
      ],
    );
    assert.equal(records.at(-1)?.text, 'c');
    assert.equal(records.at(-1)?.bytesEnd, bytes.length);
  }
});

test('bytes that are no UTF-8 are a problem of their line, and letters in Latin-1', () => {
  const bytes = Buffer.from('caf\xe9\nok\n', 'latin1');
  assert.match(split(bytes)[0]?.problem ?? '', /no valid UTF-8/);
  assert.equal(split(bytes)[0]?.text, 'caf\uFFFD');
  assert.deepEqual(
    split(bytes, { encoding: 'latin1' }).map(({ text }) => text),
    ['café', 'ok'],
  );
  assert.deepEqual(texts('\uFFFD is a letter too\n'), ['\uFFFD is a letter too']);
});

const files = fc
  .array(fc.constantFrom('a', ',', '"', '""', '\n', '\r\n', 'é', ',"', '",', '"\n'), { maxLength: 60 })
  .map((parts) => Buffer.from(parts.join('')));

test('pieces make no difference', () => {
  fc.assert(
    fc.property(files, fc.integer({ min: 1, max: 9 }), (bytes, pieceLength) => {
      assert.deepEqual(split(bytes, csv, pieceLength), split(bytes));
    }),
    { numRuns: 2000 },
  );
});

test('after any record, reading goes on as if it had never stopped', () => {
  fc.assert(
    fc.property(files, (bytes) => {
      const records = split(bytes);
      for (const [index, { linesEnd: lines, bytesEnd }] of records.entries()) {
        const rest = split(bytes.subarray(bytesEnd), { ...csv, from: { lines, bytes: bytesEnd } });
        assert.deepEqual(rest, records.slice(index + 1));
      }
    }),
    { numRuns: 1000 },
  );
});
