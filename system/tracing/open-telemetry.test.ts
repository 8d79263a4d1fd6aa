import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace';
import type { LogRecord } from '../../streams/log/log.ts';
import { openTelemetry, tellingFailure } from './open-telemetry.ts';
import type { Tracing } from './tracing.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

function record(offset: number, headers: Record<string, string> = { traceparent }): LogRecord {
  return { topic: 'clicks', partition: 0, offset, key: null, value: null, timestampMs: 0, headers };
}

/** What is recorded of `act`, of whose own traces the share is recorded. */
async function recorded(act: (tracing: Tracing) => unknown, traceShare = 1): Promise<readonly ReadableSpan[]> {
  const exporter = new InMemorySpanExporter();
  const spans: ReadableSpan[] = [];
  const exported: typeof exporter.export = (some, done) => {
    spans.push(...some);
    done({ code: 0 });
  };
  exporter.export = exported;
  const tracing = openTelemetry({ settings: { traceShare, traceService: 'shop' }, version: '1.2.3', exporter });
  await act(tracing);
  await tracing.close();
  return spans;
}

const [startedMs, committedMs] = [1_750_000_000_000, 1_750_000_000_025];
const batch = { stage: 'count', partition: 0, startedMs, handledMs: startedMs + 10, committedMs };

test('what a stage writes names the span that is recorded once it is committed', async () => {
  const named: (string | undefined)[] = [];
  const [span] = await recorded(({ stages }) => {
    // Twice: a batch may be run again.
    for (let run = 0; run < 2; run += 1) named.push(stages.headersAfter('count', record(7))?.['traceparent']);
    stages.committed({ ...batch, traced: [record(7)], handled: 40 });
  });
  assert.ok(span !== undefined);
  const written = `00-${traceId}-${span.spanContext().spanId}-01`;
  assert.deepEqual(named, [written, written]);
  assert.equal(span.parentSpanContext?.spanId, 'b7ad6b7169203331');
  assert.deepEqual(
    [span.startTime, span.endTime],
    [
      [1_750_000_000, 0],
      [1_750_000_000, 25_000_000],
    ],
  );
  assert.equal(span.attributes['messaging.batch.message_count'], 40);
  assert.equal(span.resource.attributes['service.name'], 'shop');
});

test('each stage and each record has a span of its own', async () => {
  const spans = await recorded(({ stages }) => {
    stages.committed({ ...batch, traced: [record(7), record(8)], handled: 2 });
    stages.committed({ ...batch, stage: 'sum', traced: [record(7)], handled: 1 });
  });
  assert.equal(new Set(spans.map((span) => span.spanContext().spanId)).size, 3);
});

test('what is not sampled, not understood or not there goes no further', async () => {
  const spans = await recorded(({ stages, requests }) => {
    for (const headers of [{}, { traceparent: 'nonsense' }, { traceparent: traceparent.replace(/01$/, '00') }])
      assert.equal(stages.headersAfter('count', record(1, headers as Record<string, string>)), undefined);
    assert.equal(requests.begin({ method: 'GET', route: '/', headers: undefined }), undefined);
    assert.notEqual(requests.begin({ method: 'GET', route: '/', headers: { traceparent } }), undefined);
  }, 0);
  assert.equal(spans.length, 0);
});

test('a batch and a write record a bounded number of spans, however many ask for it', async () => {
  const many = Array.from({ length: 1_000 }, (_, offset) =>
    record(offset, { traceparent: `00-${traceId}-${(offset + 1).toString(16).padStart(16, '0')}-01` }),
  );
  const spans = await recorded(async ({ stages, target }) => {
    stages.committed({ ...batch, traced: many, handled: 1_000 });
    const write = { topic: 'clicks', topicName: 'clicks', partition: 0, from: 0, nextOffset: 1_000, records: many };
    await target({ positions: async () => [], write: async () => {} }).write([write], []);
  });
  const counts = Map.groupBy(spans, ({ name }) => name);
  assert.deepEqual(
    [...counts].map(([name, some]) => [name, some.length]),
    [
      ['process count', 100],
      ['write serving store', 100],
    ],
  );
});

test('what one span has caused is written in one', async () => {
  const spans = await recorded(async ({ target }) => {
    const write = { topic: 'lists', topicName: 'lists', partition: 0, from: 0, nextOffset: 3 };
    const records = [record(0), record(1), record(2, {})];
    await target({ positions: async () => [], write: async () => {} }).write([{ ...write, records }], []);
  });
  assert.deepEqual(
    spans.map(({ attributes }) => attributes['freshet.records']),
    [2],
  );
});

test('a failed write is not recorded: it comes again', async () => {
  const spans = await recorded(async ({ target }) => {
    const write = { topic: 'lists', topicName: 'lists', partition: 0, from: 0, nextOffset: 1, records: [record(0)] };
    const broken = target({ positions: async () => [], write: () => Promise.reject(new Error('away')) });
    await assert.rejects(broken.write([write], []));
  });
  assert.equal(spans.length, 0);
});

test('that nothing can be sent is said once, and again after it could', () => {
  const told: string[] = [];
  const outcomes = [1, 1, 0, 1];
  const away = { shutdown: async () => {} } as unknown as InMemorySpanExporter; // the rest is what the test gives it
  away.export = (_, done) => done({ code: outcomes.shift() ?? 0, error: new Error('refused') });
  const exporter = tellingFailure(away, (reason) => told.push(reason));
  const codes: number[] = [];
  for (let sent = 0; sent < 4; sent += 1) exporter.export([], ({ code }) => codes.push(code));
  assert.deepEqual(codes, [1, 1, 0, 1]);
  assert.deepEqual(told, ['refused', 'refused']);
});
