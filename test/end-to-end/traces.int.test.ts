// One POST is one connected trace: the request, the append, each stage that handles what follows, and the write that makes it readable.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import { pino } from 'pino';
import { readSettings } from '../../config/settings.ts';
import { everything } from '../../system/roles.ts';
import { startSystem } from '../../system/start-system.ts';
import { openTelemetry } from '../../system/tracing/open-telemetry.ts';
import { startCollector, wayTo } from '../servers/collector.ts';
import { startFreshet } from './freshet-process.ts';

const patienceMs = 30_000;
const event = { customer_id: 'anna', event_type: 'view', item_id: 'lamp' };
const post = 'POST /api/v1/interactions';
const ways = [
  [post, 'send interactions', 'process customers', 'write serving store'],
  [post, 'send interactions', 'process customers', 'process items', 'write serving store'],
];

const folder = mkdtempSync(join(tmpdir(), 'freshet-traces-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('in one process, from the request to the store, in memory', async (context) => {
  const exporter = new InMemorySpanExporter();
  const { settings } = readSettings({ API_PORT: '0', DATA_DIR: join(folder, 'one'), DEMO: 'off', LOG_LEVEL: 'silent' });
  const tracing = openTelemetry({ settings, version: '0.0.0', exporter });
  const system = await startSystem(settings, pino({ level: 'silent' }), '0.0.0', everything, tracing);
  context.after(() => system.stop());
  await system.started;
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
  assert.equal((await send(system.url, { traceparent, tracestate: 'shop=7' })).status, 202);
  // Refused to be recorded by whoever began it.
  const unwanted = `00-${'5'.repeat(32)}-b7ad6b7169203331-00`;
  assert.equal((await send(system.url, { traceparent: unwanted })).status, 202);
  const spans = () =>
    exporter.getFinishedSpans().map((span) => ({
      name: span.name,
      ...span.spanContext(),
      parentSpanId: span.parentSpanContext?.spanId,
      attributes: span.attributes,
    }));
  await untilWaysAreThere(spans);
  for (const span of spans()) {
    assert.equal(span.traceId, traceId, span.name);
    assert.equal(span.traceState?.serialize(), 'shop=7', span.name);
    assert.equal(wayTo(span, spans())[0], post);
    assert.doesNotMatch(JSON.stringify(span.attributes), /anna/);
  }
  const [first] = spans().filter(({ name }) => name === post);
  assert.equal(first?.parentSpanId, 'b7ad6b7169203331');
  assert.deepEqual(first.attributes, {
    'http.request.method': 'POST',
    'http.route': '/api/v1/interactions',
    'http.response.status_code': 202,
  });
  await tracing.close();
});

test('with HTTP in a thread of its own, sent to a collector', async (context) => {
  const collector = await startCollector();
  context.after(() => collector.close());
  const freshet = await startFreshet(join(folder, 'threads'), {
    GATEWAY_WORKERS: '2',
    OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20of-this-test',
  });
  context.after(() => freshet.kill());
  await freshet.ready();
  // Over several connections: some arrive at the thread that does not write.
  const sent = await Promise.all(Array.from({ length: 8 }, () => send(freshet.url, { connection: 'close' })));
  for (const { status } of sent) assert.equal(status, 202);
  await untilWaysAreThere(() => collector.spans);
  const requests = () => collector.spans.filter(({ name }) => name === post);
  await until('all requests', () => requests().length === sent.length);
  assert.equal(new Set(requests().map(({ traceId }) => traceId)).size, sent.length);
  for (const span of collector.spans) assert.equal(wayTo(span, collector.spans)[0], post, span.name);
  assert.equal(collector.headers()['authorization'], 'Bearer of-this-test');
});

async function untilWaysAreThere(spans: () => readonly Parameters<typeof wayTo>[0][]): Promise<void> {
  const found = () => new Set(spans().map((span) => wayTo(span, spans()).join(' > ')));
  for (const way of ways) await until(way.join(' > '), () => found().has(way.join(' > ')), found);
}

async function until(what: string, isThere: () => boolean, instead?: () => Iterable<string>): Promise<void> {
  for (const untilMs = Date.now() + patienceMs; !isThere(); await sleep(50))
    assert.ok(Date.now() < untilMs, `waited in vain for ${what}; there are\n${[...(instead?.() ?? [])].join('\n')}`);
}

function send(url: string, headers: Record<string, string>): Promise<Response> {
  return fetch(`${url}/api/v1/interactions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(event),
  });
}
