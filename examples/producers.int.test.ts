// Programs in other languages, with a schema that is ahead of ours, on a real broker and a real registry: we understand them, and they us.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { stages } from '../processors/topology.ts';
import { catalogue, profiles } from '../schemas/topics.ts';
import type { Profile } from '../schemas/types.ts';
import { physicalName, wallClock } from '../streams/index.ts';
import { openKafkaLog } from '../streams/log/kafka/open.ts';
import type { Log } from '../streams/log/log.ts';
import { ConfluentRegistry } from '../streams/registry/confluent.ts';
import { TranslatedLog } from '../streams/registry/translated-log.ts';
import { Translation } from '../streams/registry/translation.ts';
import { runStages, type RunningStages } from '../streams/run.ts';
import { MemoryStateStore } from '../streams/store/memory.ts';
import { allTopics } from '../system/open-log.ts';
import { leftOut } from '../test/left-out.ts';
import { registerAll } from '../test/registry/register-all.ts';
import { startKafka, type KafkaServer } from '../test/servers/kafka.ts';
import { kept } from '../test/servers/kept.ts';
import { hasCommand } from '../test/servers/program.ts';
import { startRegistry, type RegistryServer } from '../test/servers/registry.ts';
import { run } from '../test/servers/run.ts';

const prefix = 'freshet';
const partitions = 2;
const patienceMs = 60_000;
const execute = promisify(execFile);

suite('producers and readers of other makers', { timeout: 280_000 }, () => {
  let kafka: KafkaServer | undefined;
  let registry: RegistryServer | undefined;
  let log: Log | undefined;
  let running: RunningStages | undefined;

  before(async () => {
    [kafka, registry] = await Promise.all([startKafka(), startRegistry()]);
    if (kafka === undefined || registry === undefined) return;
    const confluent = new ConfluentRegistry({ url: registry.url });
    await registerAll(confluent, prefix);
    const inner = await openKafkaLog({ brokers: [kafka.address()], replicationFactor: 1 });
    await inner.ensureTopics(allTopics({ topicPrefix: prefix, partitions }));
    const topics = Object.values(catalogue);
    const translation = await Translation.open({ registry: confluent, topics, prefix, clock: wallClock });
    log = new TranslatedLog(inner, translation, { clock: wallClock });
    const customers = stages.filter(({ name }) => name === 'customers');
    running = runStages({ log, stages: customers, stateStore: new MemoryStateStore(), prefix });
    await running.started;
  });
  after(async () => {
    await running?.stop();
    await log?.close();
    await Promise.all([kafka?.remove(), registry?.remove()]);
  });

  test('TypeScript: its event becomes a profile', async () => {
    if (kafka === undefined || registry === undefined || log === undefined) return;
    const program = 'examples/5-typescript-producer/checkout.ts';
    const { stdout } = await execute(process.execPath, [program, kafka.address(), registry.url, 'ts-anna'], {
      env: { ...process.env, KAFKAJS_NO_PARTITIONER_WARNING: '1' },
    });
    assert.equal(stdout, 'sent\n');
    assert.equal((await profileOf(log, 'ts-anna')).lifetime_value, 49.9);
  });

  test('Python: its event becomes a profile, and it reads the profile', async () => {
    if (kafka === undefined || registry === undefined || log === undefined) return;
    if (!hasPip()) return leftOut('producers in Python: there is no python3 with pip');
    const packages = await kept('confluent-kafka-python-2.16.1', async (into) => {
      run('python3', ['-m', 'pip', 'install', '-q', '--target', into, 'confluent-kafka[avro,schemaregistry]==2.16.1']);
    });
    const python = (program: string) =>
      execute(
        'python3',
        [join('examples/6-python-producer', program), kafka?.address() ?? '', registry?.url ?? '', 'py-anna'],
        {
          env: { ...process.env, PYTHONPATH: packages },
        },
      );
    assert.equal((await python('checkout.py')).stdout, 'sent\n');
    assert.equal((await profileOf(log, 'py-anna')).lifetime_value, 49.9);
    assert.equal((await python('profile.py')).stdout, 'py-anna: lifetime value 49.9, orders 1\n');
  });

  test('Java: its event becomes a profile', async () => {
    if (kafka === undefined || registry === undefined || log === undefined) return;
    if (!hasCommand('javac')) return leftOut('the producer in Java: there is no javac');
    const jars = await kept('java-checkout-1', async (into) => {
      cpSync('examples/7-java-producer/pom.xml', join(into, 'pom.xml'));
      run(
        'mvn',
        ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=jars', '-DincludeScope=runtime'],
        into,
      );
    });
    const { stdout } = await execute('java', [
      '-cp',
      join(jars, 'jars', '*'),
      'examples/7-java-producer/Checkout.java',
      kafka.address(),
      registry.url,
      'java-anna',
    ]);
    assert.equal(stdout, 'sent\n');
    assert.equal((await profileOf(log, 'java-anna')).lifetime_value, 49.9);
  });
});

function hasPip(): boolean {
  return spawnSync('python3', ['-m', 'pip', '--version'], { stdio: 'ignore' }).status === 0;
}

async function profileOf(log: Log, customer: string): Promise<Profile> {
  const topic = physicalName(prefix, profiles.name);
  const reader = log.openReader(
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition, offset: 0 })),
  );
  try {
    for (const endMs = performance.now() + patienceMs; performance.now() < endMs; await sleep(20)) {
      for (const { records } of await reader.read(500)) {
        const found = records.find(({ key, value }) => key?.toString() === customer && value !== null);
        if (found !== undefined) return profiles.codec.decode(found.value as Buffer);
      }
    }
  } finally {
    await reader.close();
  }
  assert.fail(`no profile of ${customer}`);
}
