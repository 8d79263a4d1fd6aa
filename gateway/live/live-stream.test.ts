import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openBench, type Bench } from '../testing/gateway-bench.ts';

suite('GET /api/v1/live', () => {
  test('shows what customers do, with what was there before', async () => {
    const bench = await openBench();
    await post(bench, 'early');
    const watching = await watch(bench);
    assert.match(await watching.until('"early"'), /^event: history\n/);
    await post(bench, 'late');
    assert.match(await watching.until('"late"'), /event: interaction\ndata: \{.*"position":"\d:\d"/);
    await watching.until('event: sample');
    await watching.stop();
    await bench.close();
  });

  test('is bounded in clients and in events a second', async () => {
    const bench = await openBench({ STREAM_CLIENTS_MAX: '1', STREAM_EVENTS_PER_SECOND_MAX: '3' });
    const watching = await watch(bench);
    const second = await bench.ask('GET', '/api/v1/live');
    assert.deepEqual([second.status, second.headers.get('retry-after')], [503, '10']);
    for (let number = 0; number < 30; number += 1) await post(bench, `c${number}`);
    const text = await watching.until('"left_out":27');
    assert.equal(text.split('event: interaction').length - 1, 3);
    await watching.stop();
    await new Promise((resolve) => setTimeout(resolve, 30));
    const next = await watch(bench);
    await next.stop();
    await bench.close();
  });

  test('ends when the gateway stops', async () => {
    const bench = await openBench();
    const watching = await watch(bench);
    await bench.close();
    await watching.until('\n\n');
  });
});

async function post(bench: Bench, customer_id: string): Promise<void> {
  const { status } = await bench.ask('POST', '/api/v1/interactions', { body: { customer_id, event_type: 'search' } });
  assert.equal(status, 202);
}

async function watch(bench: Bench) {
  const over = new AbortController();
  const response = await fetch(`${bench.url}/api/v1/live`, { signal: over.signal });
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  assert.ok(response.body);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    /** All that came, once it holds `part`. */
    until: async (part: string): Promise<string> => {
      while (!text.includes(part)) {
        const { value, done } = await reader.read();
        assert.ok(!done, `the stream ended without ${part}`);
        text += value;
      }
      return text;
    },
    stop: async () => {
      over.abort();
      await reader.closed.catch(() => {});
    },
  };
}
