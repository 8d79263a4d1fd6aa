import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { openBench, type Bench } from '../testing/gateway-bench.ts';
import { traceHeadersOf } from './trace-context.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parentId = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${parentId}-01`;

test('what is no traceparent is passed over, and its tracestate with it', () => {
  for (const wrong of [
    '',
    'nonsense',
    `00-${traceId}-${parentId}`,
    `00-${traceId.toUpperCase()}-${parentId}-01`,
    `00-${'0'.repeat(32)}-${parentId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `ff-${traceId}-${parentId}-01`,
    `${traceparent}-more`,
    `${traceparent}, ${traceparent}`,
  ])
    assert.equal(traceHeadersOf({ traceparent: wrong, tracestate: 'a=1' }), undefined, wrong);
  assert.equal(traceHeadersOf({ tracestate: 'a=1' }), undefined);
});

test('a later version is understood as far as it is known', () => {
  assert.deepEqual(traceHeadersOf({ traceparent: `42-${traceId}-${parentId}-01-more` }), { traceparent });
});

test('a tracestate that is too long or not text is left out', () => {
  for (const tracestate of ['a=' + 'x'.repeat(520), 'a=\u00e9', ''])
    assert.deepEqual(traceHeadersOf({ traceparent, tracestate }), { traceparent });
});

suite('records of a request', () => {
  let bench: Bench;
  before(async () => (bench = await openBench()));
  after(() => bench.close());

  test('carry its trace, whichever way they were written; others carry none', async () => {
    const headers = { traceparent, tracestate: 'vendor=1' };
    const writes: [string, string, unknown][] = [
      ['POST', '/api/v1/interactions', { customer_id: 'ada', event_type: 'search' }],
      ['PUT', '/api/v1/customers/ada', { age: 36 }],
      ['PUT', '/api/v1/items/kettle', { title: 'Kettle' }],
    ];
    for (const [method, path, body] of writes)
      assert.equal((await bench.ask(method, path, { body, headers })).status, 202, path);
    for (const [method, path, body] of writes) await bench.ask(method, path, { body });
    for (const topic of ['interactions', 'customers', 'items'])
      assert.deepEqual(bench.log.headers(topic), [headers, {}], topic);
  });

  test('keep to their own trace when requests overlap', async () => {
    let open = () => {};
    bench.log.gate = new Promise((resolve) => (open = resolve));
    const traces = Array.from({ length: 8 }, (_, index) => `00-${traceId}-${parentId.slice(1)}${index + 1}-01`);
    const asked = traces.map((each, index) =>
      bench.ask('PUT', `/api/v1/items/item-${index}`, { body: { title: each }, headers: { traceparent: each } }),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    open();
    await Promise.all(asked);
    const carried = bench.log.headers('items').map((headers) => headers['traceparent']);
    for (const each of traces) assert.equal(carried.filter((one) => one === each).length, 1);
  });
});
