// The system of docker-compose.yml, each service with its real command and environment, on servers of this machine in place of the
// images of others (Apache Kafka and Apicurio stand in for Redpanda). Prometheus scrapes it by its real rules and jobs, and every query
// of every dashboard must find data.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { interactions } from '../schemas/topics.ts';
import { physicalName } from '../streams/index.ts';
import { openKafkaLog } from '../streams/log/kafka/open.ts';
import { runFreshet, startFreshet, type FreshetProcess } from '../test/end-to-end/freshet-process.ts';
import { leftOut } from '../test/left-out.ts';
import { startKafka, type KafkaServer } from '../test/servers/kafka.ts';
import { freePort, hasCommand, startProgram, type Program } from '../test/servers/program.ts';
import { hasRedis, RedisServer, withoutRedis } from '../test/servers/redis.ts';
import { startRegistry, type RegistryServer } from '../test/servers/registry.ts';
import { run } from '../test/servers/run.ts';
import { dashboards } from './grafana/dashboards.ts';
import { readCompose } from './testing/compose-file.ts';

const patienceMs = 60_000;
const loadEveryMs = 50;
/** With a scrape each second: Grafana takes at least four of them. */
const rateInterval = '10s';
const { services } = readCompose();

suite('docker-compose.yml', { timeout: 280_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-compose-'));
  const keys = join(folder, 'keys');
  const running = new Map<string, FreshetProcess>();
  let kafka: KafkaServer | undefined;
  let registry: RegistryServer | undefined;
  let redis: RedisServer | undefined;
  let prometheus: Program | undefined;
  let prometheusUrl = '';
  let load: NodeJS.Timeout | undefined;
  let isComplete = false;

  before(async () => {
    if (!hasRedis()) return leftOut(withoutRedis);
    if (!hasCommand('prometheus')) return leftOut('Dashboards need prometheus (Debian: apt-get install prometheus).');
    [kafka, registry, redis] = await Promise.all([startKafka(), startRegistry(), RedisServer.start()]);
    isComplete = kafka !== undefined && registry !== undefined;
  });
  after(async () => {
    clearInterval(load);
    await prometheus?.stop();
    await Promise.all([...running.values()].map((each) => each.kill()));
    await Promise.all([kafka?.remove(), registry?.remove(), redis?.remove()]);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Words of the file that name what only containers have. */
  const here = (text: string) =>
    text
      .replace('redpanda:9092', kafka?.address() ?? '')
      .replace('http://redpanda:8081', registry?.url ?? '')
      .replace('redis://redis:6379', redis?.url ?? '')
      .replace(/^\/keys/, keys)
      .replace('/make-keys.mjs', 'deploy/compose/make-keys.mjs');

  function environmentOf(name: string): Record<string, string> {
    const written = Object.entries(services[name]?.environment ?? {});
    return Object.fromEntries(
      written.flatMap(([variable, value]) => (value === null ? [] : [[variable, here(value)]])),
    );
  }

  async function start(name: string): Promise<void> {
    const dataDir = join(folder, name);
    mkdirSync(dataDir);
    const command = services[name]?.command ?? [];
    running.set(name, await startFreshet(dataDir, environmentOf(name), command));
  }

  const key = () => readFileSync(join(keys, 'api-keys'), 'utf8').split(':')[0] ?? '';
  const gateway = (path: string, init: RequestInit = {}) =>
    fetch((running.get('gateway')?.url ?? '') + path, {
      ...init,
      headers: { 'content-type': 'application/json', 'x-api-key': key() },
    });
  const post = (path: string, body: object) => gateway(path, { method: 'POST', body: JSON.stringify(body) });

  test('keys, topics and schemas are prepared, and a second time nothing changes', async () => {
    if (!isComplete) return;
    mkdirSync(keys);
    const [node, ...args] = services['keys']?.entrypoint ?? [];
    assert.equal(node, 'node');
    const said = run(process.execPath, args.map(here));
    assert.ok(said.includes(key()));
    assert.equal(run(process.execPath, args.map(here)), said);
    for (const name of ['topics', 'schemas', 'topics', 'schemas']) {
      const { code, output } = await runFreshet(services[name]?.command ?? [], environmentOf(name));
      assert.equal(code, 0, output);
    }
  });

  test('the processes run, and the demonstration shop has customers with lists of their own', async () => {
    if (!isComplete) return;
    await Promise.all(['customers', 'others', 'gateway'].map(start));
    await Promise.all([...running.values()].map((each) => each.ready(patienceMs)));
    assert.equal((await fetch(`${running.get('gateway')?.url}/api/v1/status`)).status, 401);
    await until('segments', async () => {
      const { segments } = (await (await gateway('/api/v1/segments')).json()) as { segments: readonly unknown[] };
      return segments.length > 0;
    });
    const click = { customer_id: 'anna', event_type: 'view', item_id: 'home-lighting-01' };
    const { position } = (await (await post('/api/v1/interactions', click)).json()) as { position: string };
    await until('a list that knows of the click', async () => {
      const list = await gateway(`/api/v1/recommendations/anna?min_position=${position}&strict=true`);
      return list.status === 200;
    });
  });

  test('a process that has lost its volume restores what it needs from the log', async () => {
    if (!isComplete) return;
    await running.get('customers')?.stop();
    rmSync(join(folder, 'customers'), { recursive: true });
    await start('customers');
    await running.get('customers')?.ready(patienceMs);
  });

  test('Prometheus scrapes all of them', async () => {
    if (!isComplete) return;
    load = setInterval(() => void visit().catch(() => undefined), loadEveryMs); // whoever fails now is missed below
    prometheusUrl = await startPrometheus();
    await until('three targets', async () => (await query('sum(up{job="freshet"})')) === '3');
  });

  test('nothing is wrong, as far as alerts can tell after so short a time', async () => {
    if (!isComplete) return;
    await until('recorded rules', async () => (await query('freshet:http_errors:ratio_rate5m')) !== undefined);
    assert.equal(await query('count(ALERTS{alertstate="firing"}) or vector(0)'), '0');
  });

  test('a request and a record that nobody can read are told of, and an alert speaks', async () => {
    if (kafka === undefined || !isComplete) return;
    const headers = { 'x-too-long': 'x'.repeat(100_000) };
    await fetch(`${running.get('gateway')?.url}/healthz`, { headers }).catch(() => undefined); // answered, or cut off
    const log = await openKafkaLog({ brokers: [kafka.address()] });
    const topic = physicalName('freshet', interactions.name);
    await log.append([{ topic, key: Buffer.from('anna'), value: Buffer.from('no Avro'), timestampMs: Date.now() }]);
    await log.close();
    await until('the alert', async () => (await query('ALERTS{alertname="FreshetDeadLetters",alertstate="firing"}')) === '1'); // prettier-ignore
  });

  for (const { title, rows } of dashboards) {
    for (const panel of rows.flatMap(({ panels }) => panels)) {
      test(`${title}: ${panel.title}`, async () => {
        if (!isComplete) return;
        for (const { expr } of panel.queries) {
          // The 0 of what has never happened would be there for a metric that does not exist.
          const asked = expr.replaceAll('$__rate_interval', rateInterval).replaceAll(' or vector(0)', '');
          await until(asked, async () => (await query(asked)) !== undefined);
        }
      });
    }
  }

  async function visit(): Promise<void> {
    const click = { customer_id: 'anna', event_type: 'view', item_id: 'home-lighting-01' };
    await Promise.all([
      gateway('/api/v1/recommendations/anna'),
      gateway('/api/v1/recommendations/nobody'),
      post('/api/v1/interactions', click),
      post('/api/v1/interactions', { ...click, interaction_id: 'sent-again' }),
      post('/api/v1/sessions/recommendations', { items: ['home-lighting-01'] }),
    ]);
  }

  async function startPrometheus(): Promise<string> {
    const config = parse(readFileSync('deploy/prometheus/prometheus.yml', 'utf8')) as PrometheusConfig;
    const targets = [...running.values()].map(({ url }) => new URL(url).host);
    const [job] = config.scrape_configs;
    const { dns_sd_configs: _, ...same } = job ?? {};
    const path = join(folder, 'prometheus.yml');
    const adapted = {
      ...config,
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: config.rule_files.map((file) => resolve(file.replace('/etc/prometheus', 'deploy/prometheus'))),
      scrape_configs: [
        {
          ...same,
          authorization: { credentials_file: here(job?.authorization.credentials_file ?? '') },
          static_configs: [{ targets }],
        },
      ],
    };
    writeFileSync(path, stringify(adapted));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    prometheus = await startProgram({
      command: 'prometheus',
      args: [
        `--config.file=${path}`,
        `--storage.tsdb.path=${join(folder, 'series')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      isReady: async () => (await fetch(`${url}/-/ready`)).ok,
    });
    return url;
  }

  /** The first value; undefined when there is none, or none that is a number. @throws Error when it is no query. */
  async function query(expr: string): Promise<string | undefined> {
    const answer = await fetch(`${prometheusUrl}/api/v1/query?query=${encodeURIComponent(expr)}`);
    const { status, error, data } = (await answer.json()) as Queried;
    if (status !== 'success') throw new Error(`${expr}: ${error}`);
    return data.result.map(({ value }) => value[1]).find((value) => value !== 'NaN');
  }
});

async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  let failure: unknown;
  for (const untilMs = Date.now() + patienceMs; ; await sleep(200)) {
    const found = await look().catch((error: unknown) => void (failure = error));
    if (found !== undefined && found !== false) return found;
    assert.ok(Date.now() < untilMs, `waited in vain: ${what}, ${String(failure)}`);
  }
}

interface PrometheusConfig {
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly {
    readonly dns_sd_configs: unknown;
    readonly authorization: { readonly credentials_file: string };
  }[];
}

interface Queried {
  readonly status: string;
  readonly error?: string;
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}
