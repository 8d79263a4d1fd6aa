// The customers stage on a log whose records carry ids of a real registry: what becomes of events whose schema can't be looked up.
import assert from 'node:assert/strict';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { stages } from '../../processors/topology.ts';
import { catalogue, interactions, profiles } from '../../schemas/topics.ts';
import { partitionOf, physicalName, subjectOf, wallClock } from '../../streams/index.ts';
import { MemoryDisk } from '../../streams/log/embedded/memory-disk.ts';
import { openEmbeddedLog } from '../../streams/log/embedded/open.ts';
import type { Log, LogRecord } from '../../streams/log/log.ts';
import { ConfluentRegistry } from '../../streams/registry/confluent.ts';
import { TranslatedLog } from '../../streams/registry/translated-log.ts';
import { Translation } from '../../streams/registry/translation.ts';
import { runStages } from '../../streams/run.ts';
import { MemoryStateStore } from '../../streams/store/memory.ts';
import { allTopics } from '../../system/open-log.ts';
import { startRegistry, type RegistryServer } from '../servers/registry.ts';
import { foreign, newerSchema, view } from './foreign-events.ts';
import { registerAll } from './register-all.ts';

const partitions = 4;
const patienceMs = 60_000;
const subject = (prefix: string) => subjectOf(physicalName(prefix, interactions.name));

suite('a schema registry that fails', { timeout: 280_000 }, () => {
  let server: RegistryServer | undefined;
  const closing: (() => Promise<unknown>)[] = [];
  before(async () => {
    server = await startRegistry();
  });
  after(() => server?.remove());
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  /** The stage on a log in memory, with its schemas registered. `url` is where it looks for the registry. */
  async function start(prefix: string, url: string) {
    const direct = new ConfluentRegistry({ url: server?.url ?? '' });
    await registerAll(direct, prefix);
    const inner = await openEmbeddedLog({ folder: new MemoryDisk(), limits: { freeBytesReserve: 0 } });
    closing.push(() => inner.close());
    await inner.ensureTopics(allTopics({ topicPrefix: prefix, partitions }));
    const registry = new ConfluentRegistry({ url, timeoutMs: 2_000 });
    const topics = Object.values(catalogue);
    const translation = await Translation.open({ registry, topics, prefix, clock: wallClock });
    const log = new TranslatedLog(inner, translation, { clock: wallClock });
    const running = runStages({ log, stages, stateStore: new MemoryStateStore(), prefix });
    closing.push(() => running.stop());
    await running.started;
    const seen = {
      customers: async () =>
        (await readAll(log, physicalName(prefix, profiles.name)))
          .map(({ value }) => (value === null ? '' : profiles.codec.decode(value).customer_id))
          .toSorted(),
      deadLetters: () => readAll(inner, physicalName(prefix, 'dead-letters')),
    };
    return { direct, inner, log, seen };
  }

  test('one that is stopped: what is known goes on, what is not waits and then goes on by itself; nothing is put aside', async () => {
    if (server === undefined) return;
    const { direct, inner, log, seen } = await start('stopped', server.url);
    const schema = newerSchema('mood');
    const id = await direct.register(subject('stopped'), schema);
    await server.stop();
    const [unknown, known] = inOtherPartitions();
    await inner.append([foreign('stopped', partitions, id, schema, view(unknown, 1))]);
    await until(() => /does not answer/.test(log.problem));
    await log.append([ours('stopped', known)]);
    await until(async () => (await seen.customers()).includes(known));
    await sleep(2_000);
    assert.deepEqual([await seen.customers(), await seen.deadLetters()], [[known], []]);
    await server.start();
    await until(async () => (await seen.customers()).length === 2);
    assert.equal(log.problem, '');
    assert.deepEqual(await seen.deadLetters(), []);
  });

  test('one that says that it does not know the id: put aside with its words and as it was; what follows goes on', async () => {
    if (server === undefined) return;
    const { inner, seen } = await start('unknown', server.url);
    const lost = foreign('unknown', partitions, 987_654, newerSchema('mood'), view('ann', 1));
    await inner.append([lost]);
    await inner.append([await registered('unknown', 'ann')]);
    await until(async () => (await seen.customers()).length === 1);
    const [letter, ...others] = await seen.deadLetters();
    assert.deepEqual(others, []);
    assert.equal(letter?.headers['freshet.reason'], 'unknown_schema');
    assert.match(letter?.headers['freshet.message'] ?? '', /schema id 987654: No content with ID '987654' was found/);
    assert.deepEqual(letter?.value, lost.value);
  });

  test('one that is slow, refuses us, or is out of order: everything waits, and goes on when it is well again', async () => {
    if (server === undefined) return;
    const proxy = await inFrontOf(server.url);
    closing.push(() => proxy.close());
    const { direct, inner, log, seen } = await start('faulty', proxy.url);
    const faults: [fault: Fault, problem: RegExp][] = [
      [{ delayMs: 4_000 }, /does not answer: .*timeout/],
      [{ status: 401 }, /does not let us in \(401\)/],
      [{ status: 503 }, /can't answer now \(503\)/],
      [{ status: 404 }, /not as a schema registry \(404/],
    ];
    for (const [index, [fault, problem]] of faults.entries()) {
      const schema = newerSchema(`mood_${index}`);
      const id = await direct.register(subject('faulty'), schema);
      proxy.fault = fault;
      await inner.append([foreign('faulty', partitions, id, schema, view(`customer-${index}`, 1))]);
      await until(() => problem.test(log.problem));
      assert.equal((await seen.customers()).length, index);
      proxy.fault = {};
      await until(async () => (await seen.customers()).length === index + 1);
    }
    assert.deepEqual(await seen.deadLetters(), []);
  });

  // The last: it takes the schemas of the others along.
  test('one that comes back empty is not believed: nothing is put aside until it is restored', async () => {
    if (server === undefined) return;
    const { direct, inner, log, seen } = await start('emptied', server.url);
    const schema = newerSchema('mood');
    const id = await direct.register(subject('emptied'), schema);
    await server.restartEmpty();
    await inner.append([foreign('emptied', partitions, id, schema, view('ann', 1))]);
    await until(() => /emptied or is another one/.test(log.problem));
    await sleep(1_000);
    assert.deepEqual([await seen.customers(), await seen.deadLetters()], [[], []]);
  });

  async function registered(prefix: string, customer: string) {
    const registry = new ConfluentRegistry({ url: server?.url ?? '' });
    const schema = newerSchema('mood');
    return foreign(prefix, partitions, await registry.register(subject(prefix), schema), schema, view(customer, 2));
  }
});

function ours(prefix: string, customer: string) {
  const event = view(customer, 1);
  const key = Buffer.from(customer);
  const value = interactions.codec.encode(event);
  return { topic: physicalName(prefix, interactions.name), key, value, timestampMs: event.received_at };
}

/** Two customers whose events don't wait for each other. */
function inOtherPartitions(): [string, string] {
  const partition = (customer: string) => partitionOf(Buffer.from(customer), partitions);
  const other = ['bea', 'cleo', 'dora', 'emma', 'fay'].find((each) => partition(each) !== partition('ann'));
  return ['ann', other ?? ''];
}

async function readAll(log: Log, topic: string): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    const { start, end } = await log.offsets({ topic, partition });
    const reader = log.openReader([{ topic, partition, offset: start }]);
    for (let next = start; next < end;) {
      for (const batch of await reader.read(200)) {
        records.push(...batch.records);
        next = batch.nextOffset;
      }
    }
    await reader.close();
  }
  return records;
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const endMs = performance.now() + patienceMs; !(await isSo()); await sleep(50))
    if (performance.now() > endMs) assert.fail('it did not come to that in time');
}

interface Fault {
  readonly status?: number;
  readonly delayMs?: number;
}

/** The real registry, with faults on the way to it. */
async function inFrontOf(target: string): Promise<{ url: string; fault: Fault; close(): Promise<void> }> {
  const { origin, pathname } = new URL(target);
  const server: Server = createServer((asked, answer) => void passOn(asked, answer)).listen(0, '127.0.0.1');
  const passOn = async (asked: IncomingMessage, answer: ServerResponse) => {
    const { status, delayMs = 0 } = proxy.fault;
    await sleep(delayMs);
    if (status !== undefined) {
      answer.writeHead(status).end();
      return;
    }
    const { method, headers, url = '' } = asked;
    const passedOn = request(`${origin}${url}`, { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    passedOn.on('error', () => answer.destroy());
    asked.pipe(passedOn);
  };
  await once(server, 'listening');
  const proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    fault: {} as Fault,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return proxy;
}
