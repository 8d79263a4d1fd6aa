// The system as processes on a real broker, registry and Redis: what one writes the other reads, tasks move when processes come and go,
// and what is away stops only what needs it.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { leftOut } from '../left-out.ts';
import { startCollector, wayTo, type Collector } from '../servers/collector.ts';
import { startKafka, type KafkaServer } from '../servers/kafka.ts';
import { hasRedis, RedisServer, withoutRedis } from '../servers/redis.ts';
import { startRegistry, type RegistryServer } from '../servers/registry.ts';
import { runFreshet, startFreshet, type FreshetProcess } from './freshet-process.ts';

const patienceMs = 60_000;

suite('several processes', { timeout: 280_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-processes-'));
  let kafka: KafkaServer | undefined;
  let registry: RegistryServer | undefined;
  let redis: RedisServer | undefined;
  let collector: Collector | undefined;
  let environment: Record<string, string> = {};
  const running = new Map<string, FreshetProcess>();
  const of = (name: string) => running.get(name) as FreshetProcess;

  before(async () => {
    if (!hasRedis()) return leftOut(withoutRedis);
    kafka = await startKafka();
    if (kafka === undefined) return;
    registry = await startRegistry();
    if (registry === undefined) return;
    redis = await RedisServer.start();
    collector = await startCollector();
    environment = {
      STANDBY: 'on',
      KAFKA_BROKERS: kafka.address(),
      KAFKA_SESSION_TIMEOUT_MS: '3000',
      SCHEMA_REGISTRY_URL: registry.url,
      REDIS_URL: redis.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    };
  });
  after(async () => {
    await Promise.all([...running.values()].map((each) => each.kill()));
    await Promise.all([kafka?.remove(), registry?.remove(), redis?.remove(), collector?.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(name: string, ...command: string[]): Promise<void> {
    const dataDir = join(folder, name);
    mkdirSync(dataDir, { recursive: true });
    running.set(name, await startFreshet(dataDir, environment, command));
  }

  async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
    for (const untilMs = Date.now() + patienceMs; ; await sleep(100)) {
      const found = await look().catch(() => undefined);
      if (found !== undefined && found !== false) return found;
      assert.ok(Date.now() < untilMs, `waited in vain: ${what}`);
    }
  }

  const click = (customer_id: string) => ({ customer_id, event_type: 'view', item_id: 'lamp' });
  const tasksOf = async (name: string) =>
    (await of(name).ask('GET', '/api/v1/status'))
      .json<{ tasks: { stage: string; partition: number; state: string; lag_records: number }[] }>()
      .tasks.filter(({ state }) => state === 'running');

  test('schemas and topics are applied, then there is nothing left to do', async () => {
    if (redis === undefined) return;
    const exitCode = async (...args: string[]) => (await runFreshet(args, environment)).code;
    assert.equal(await exitCode('topics', 'diff'), 1);
    assert.equal(await exitCode('topics', 'apply'), 0);
    assert.equal(await exitCode('topics', 'diff'), 0);
    assert.equal(await exitCode('schemas', 'apply'), 0);
    assert.equal(await exitCode('schemas', 'check'), 0);
    const other = await runFreshet(['topics', 'apply'], { ...environment, PARTITIONS: '7' });
    assert.equal(other.code, 1);
    assert.match(other.output, /has 4 partitions instead of 7; that is never changed/);
  });

  test('what one process accepts another works on, and the list is there', async () => {
    if (redis === undefined) return;
    await start('customers', 'run', 'customers');
    await start('others', 'run', 'items', 'rankings', 'serve');
    await start('gateway', 'gateway');
    await Promise.all([...running.values()].map((each) => each.ready(patienceMs)));
    for (const item of ['lamp', 'rug', 'sofa']) {
      const put = { title: item, categories: ['home'], price: 10 };
      assert.equal((await of('gateway').ask('PUT', `/api/v1/items/${item}`, put)).status, 202);
    }
    const accepted = await of('gateway').ask('POST', '/api/v1/interactions', click('anna'));
    assert.equal(accepted.status, 202, `${accepted.text}\n${of('gateway').output()}`);
    const { position } = accepted.json<{ position: string }>();
    const list = await until('a list that reflects it', async () => {
      const answer = await of('gateway').ask(
        'GET',
        `/api/v1/recommendations/anna?min_position=${position}&strict=true`,
      );
      return answer.status !== 409 && answer; // on a busy machine it may take longer than one request waits
    });
    assert.equal(list.status, 200, list.text);
    assert.equal(list.json<{ position_reached: boolean }>().position_reached, true);
    await until('no lag', async () =>
      [...(await tasksOf('customers')), ...(await tasksOf('others'))].every(({ lag_records }) => lag_records === 0),
    );
    const letters = await of('gateway').ask('GET', '/api/v1/dead-letters');
    assert.deepEqual(letters.json<{ dead_letters: unknown[] }>().dead_letters, []);
  });

  test('what these processes did for one event is one trace', async () => {
    if (redis === undefined || collector === undefined) return;
    const { spans } = collector;
    const post = 'POST /api/v1/interactions';
    for (const stages of [['process customers'], ['process customers', 'process items']]) {
      const way = [post, 'send interactions', ...stages, 'write serving store'].join(' > ');
      await until(way, async () => Promise.resolve(spans.some((span) => wayTo(span, spans).join(' > ') === way)));
    }
    assert.equal(new Set(spans.filter((span) => wayTo(span, spans)[0] === post).map(({ traceId }) => traceId)).size, 1);
  });

  test('a second process takes half of the tasks, and all come back when it is killed', async () => {
    if (redis === undefined) return;
    await start('more', 'run', 'customers');
    await until('two tasks each', async () => {
      const counts = await Promise.all(['customers', 'more'].map(async (name) => (await tasksOf(name)).length));
      return counts.every((count) => count === 2);
    });
    const copied = /^freshet_standby_remaining_records\{stage="customers",partition="\d+"\} 0$/gm;
    await until('copies of the other’s tasks', async () => {
      const metrics = await Promise.all(['customers', 'more'].map((name) => of(name).ask('GET', '/metrics')));
      return metrics.every(({ text }) => text.match(copied)?.length === 2);
    });
    await of('more').kill();
    running.delete('more');
    await until('all tasks at the first', async () => (await tasksOf('customers')).length === 4);
  });

  test('without Redis there are rankings, without a broker there are reads', async () => {
    if (redis === undefined || kafka === undefined) return;
    const read = async () => (await of('gateway').ask('GET', '/api/v1/recommendations/anna')).json<List>();
    await until('rankings', async () => (await read()).items.length > 0);
    await redis.stop();
    const fallback = await until('an answer without Redis', async () => {
      const list = await read();
      return list.fallback.used && list;
    });
    assert.equal(fallback.fallback.why, 'store_unavailable');
    assert.equal((await of('gateway').ask('GET', '/readyz')).status, 200);
    await redis.startAgain();
    await until('the own list again', async () => !(await read()).fallback.used);

    await kafka.stop();
    assert.equal((await read()).fallback.used, false);
    const refused = await of('gateway').ask('POST', '/api/v1/interactions', click('anna'));
    assert.equal(refused.status, 503, refused.text);
    assert.ok(Number(refused.headers['retry-after']) > 0);
    await kafka.start();
    await until('events again', async () => {
      return (await of('gateway').ask('POST', '/api/v1/interactions', click('anna'))).status === 202;
    });
  });

  test('SIGTERM ends each of them in order', async () => {
    if (redis === undefined) return;
    for (const [name, each] of running) {
      assert.deepEqual(await each.stop(), { code: 0, signal: null }, `${name}: ${each.output()}`);
      running.delete(name);
    }
  });
});

interface List {
  readonly items: readonly unknown[];
  readonly fallback: { readonly used: boolean; readonly why: string | null };
}
