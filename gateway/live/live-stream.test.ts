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

  test('goes on past what nobody can read', async () => {
    const bench = await openBench();
    const rubbish = {
      topic: 'freshet.interactions.v1',
      partition: 0,
      key: Buffer.from('k'),
      value: Buffer.from('no Avro'),
    };
    await bench.log.append([{ ...rubbish, timestampMs: 0 }]);
    const watching = await watch(bench);
    await post(bench, 'after');
    await watching.until('"after"');
    await watching.stop();
    await bench.close();
  });

  test('is bounded in clients and in events a second', async () => {
    const bench = await openBench({ STREAM_CLIENTS_MAX: '1', STREAM_EVENTS_PER_SECOND_MAX: '3' });
    const watching = await watch(bench);
    const second = await bench.ask('GET', '/api/v1/live');
    assert.deepEqual([second.status, second.headers.get('retry-after')], [503, '10']);
    for (let number = 0; number < 30; number += 1) await post(bench, `c${number}`);
    // However many seconds the posts took: in each at most three are shown, the others are counted.
    const text = await watching.when((sofar) => sum(shownPerSecond(sofar)) + leftOutOf(sofar) === 30);
    assert.ok(shownPerSecond(text).every((shown) => shown <= 3));
    assert.ok(leftOutOf(text) > 0);
    await watching.stop();
    await new Promise((resolve) => setTimeout(resolve, 30));
    const next = await watch(bench);
    await next.stop();
    await bench.close();
  });

  test('answers HEAD at once, without watching', async () => {
    const bench = await openBench({ STREAM_CLIENTS_MAX: '1' });
    for (let round = 0; round < 2; round += 1) {
      const response = await fetch(`${bench.url}/api/v1/live`, { method: 'HEAD' });
      assert.equal(response.status, 200);
    }
    await bench.close();
  });

  test('pages of other origins may watch where they are let in, and who takes something else only is told so', async () => {
    const shop = 'https://shop.example';
    const bench = await openBench({ CORS_ORIGINS: shop });
    const head = async (headers: Record<string, string>) =>
      (await fetch(`${bench.url}/api/v1/live`, { method: 'HEAD', headers })).headers;
    assert.equal((await head({ origin: shop })).get('access-control-allow-origin'), shop);
    assert.equal((await head({ origin: 'https://other.example' })).get('access-control-allow-origin'), null);
    assert.equal((await head({})).get('cross-origin-resource-policy'), 'same-origin');
    const refused = await bench.ask('GET', '/api/v1/live', { headers: { accept: 'application/json' } });
    assert.deepEqual(
      [refused.status, refused.headers.get('content-type')?.split(';')[0]],
      [406, 'application/problem+json'],
    );
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

/** Events between one sample and the next. */
function shownPerSecond(text: string): number[] {
  return text.split('event: sample').map((part) => part.split('event: interaction').length - 1);
}

function leftOutOf(text: string): number {
  return sum([...text.matchAll(/"left_out":(\d+)/g)].map(([, count]) => Number(count)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

async function watch(bench: Bench) {
  const over = new AbortController();
  const response = await fetch(`${bench.url}/api/v1/live`, { signal: over.signal });
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  assert.ok(response.body);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const when = async (isEnough: (text: string) => boolean, what = 'what was waited for'): Promise<string> => {
    while (!isEnough(text)) {
      const { value, done } = await reader.read();
      assert.ok(!done, `the stream ended without ${what}`);
      text += value;
    }
    return text;
  };
  return {
    /** All that came, once it holds `part`. */
    until: (part: string) => when((sofar) => sofar.includes(part), part),
    when,
    stop: async () => {
      over.abort();
      await reader.closed.catch(() => {});
    },
  };
}
