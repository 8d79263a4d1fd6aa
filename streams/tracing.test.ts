// What is written because of a traced record carries its trace on, and nothing else does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodedValues } from './decoded-values.ts';
import { jsonCodec, processor, stage, table, topic } from './index.ts';
import type { LogRecord } from './log/log.ts';
import { TaskCore } from './task-core.ts';
import { BenchStore } from './testing/bench-log.ts';

const clicks = topic<string>({ name: 'clicks', codec: jsonCodec(), cleanup: 'delete' });
const echoes = topic<string>({ name: 'echoes', codec: jsonCodec(), cleanup: 'delete' });
const latest = table<string>({ name: 'latest', codec: jsonCodec() });
const lengths = table<number>({ name: 'lengths', codec: jsonCodec() });

const keep = processor({
  name: 'keep',
  reads: { clicks },
  keeps: { latest },
  writes: { echoes },
  on: {
    clicks(event, context) {
      context.tables.latest.set(event.key, event.value as string);
      context.out.echoes.send(event.key, event.value as string);
    },
  },
});
const measure = processor({
  name: 'measure',
  reads: { latest },
  conflates: ['latest'],
  keeps: { lengths },
  on: {
    latest: (event, context) => context.tables.lengths.set(event.key, (event.value as string).length),
  },
});

function click(offset: number, key: string, trace?: string): LogRecord {
  return {
    topic: 't.clicks.v1',
    partition: 0,
    offset,
    key: Buffer.from(key),
    value: Buffer.from(JSON.stringify(`click ${offset}`)),
    timestampMs: 1_000,
    headers: trace === undefined ? {} : { trace },
  };
}

function written(records: readonly LogRecord[], traced: boolean): [topic: string, key: string, trace?: string][] {
  const core = new TaskCore({
    stage: stage('counting', [keep, measure]),
    partition: 0,
    prefix: 't',
    store: new BenchStore(),
    decoded: new DecodedValues(),
    lookups: { view: () => undefined, version: () => 0 },
    tracing: traced
      ? {
          headersAfter: (name, { headers: { trace } }) =>
            trace === undefined ? undefined : { trace: `${trace}/${name}` },
        }
      : undefined,
  });
  const outcome = core.run(records, { recordsMax: 10 });
  assert.deepEqual(
    outcome.traced.map(({ offset }) => offset),
    traced ? records.filter(({ headers }) => 'trace' in headers).map(({ offset }) => offset) : [],
  );
  return outcome.records.map(({ topic: name, key, headers }) => {
    const trace = headers?.['trace'];
    return trace === undefined ? [name, String(key)] : [name, String(key), trace];
  });
}

const records = [click(0, 'a', 'one'), click(1, 'b'), click(2, 'a', 'two'), click(3, 'b', 'three'), click(4, 'b')];

test('each record that is written belongs to the trace of the one that wrote it last', () => {
  assert.deepEqual(written(records, true), [
    ['t.echoes.v1', 'a', 'one/counting'],
    ['t.echoes.v1', 'b'],
    ['t.echoes.v1', 'a', 'two/counting'],
    ['t.echoes.v1', 'b', 'three/counting'],
    ['t.echoes.v1', 'b'],
    ['t.latest.v1', 'a', 'two/counting'],
    ['t.latest.v1', 'b'],
    ['t.lengths.v1', 'a', 'two/counting'],
    ['t.lengths.v1', 'b'],
    ['t.counting-positions.v1', '0'],
  ]);
});

test('where nothing is traced headers are left behind', () => {
  assert.ok(written(records, false).every(([, , trace]) => trace === undefined));
});
