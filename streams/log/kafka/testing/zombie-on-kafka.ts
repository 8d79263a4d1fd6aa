// A process that stands still in the middle of a commit, is given up, and wakes when another one has done its work.
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaServer } from '../../../../test/servers/kafka.ts';
import { jsonCodec, processor, stage, table, topic } from '../../../index.ts';
import { runStages, topicsOf } from '../../../run-stages.ts';
import { MemoryStateStore } from '../../../store/memory.ts';
import type { Log } from '../../log.ts';
import { openKafkaLog } from '../open.ts';
import type { KafkaClientName } from '../settings.ts';
import { BrokerProxy } from './broker-proxy.ts';

const partitions = 2;
const clickCount = 300;
const patienceMs = 60_000;
/** Short: the one that stands still is given up after so long. */
const limits = { sessionTimeoutMs: 1_500 };

const clicks = topic<number>({ name: 'clicks', codec: jsonCodec(), cleanup: 'delete' });
const echoes = topic<number>({ name: 'echoes', codec: jsonCodec(), cleanup: 'delete' });
const counts = table<number>({ name: 'counts', codec: jsonCodec() });
const echo = processor({
  name: 'echo',
  reads: { clicks },
  keeps: { counts },
  writes: { echoes },
  on: {
    clicks: (event, context) => {
      context.tables.counts.set(event.key, (context.tables.counts.get(event.key) ?? 0) + 1);
      context.out.echoes.send(event.key, event.value);
    },
  },
});
const echoing = stage('echoing', [echo]);

export interface ZombieScene {
  readonly client: KafkaClientName;
  readonly kafka: KafkaServer;
  /** In front of the listener that the zombie uses. */
  readonly proxy: BrokerProxy;
  readonly prefix: string;
  /** What a process makes of the transactional ids that the runtime gives. */
  readonly idOf: (id: string, instance: string) => string;
  /** Tasks are restored to the end of what can be read, without waiting for what is not decided. */
  readonly isHasty?: boolean;
}

/** How many echoes there are beyond one for each click (doubled), and how many clicks have none (lost). */
export async function playZombie(scene: ZombieScene): Promise<{ doubled: number; lost: number }> {
  const { client, kafka, proxy, prefix } = scene;
  const direct = await openKafkaLog({ client, brokers: [kafka.address()], limits });
  const stalling = await openKafkaLog({ client, brokers: [proxy.address], limits });
  await direct.ensureTopics(topicsOf([echoing], prefix, partitions));
  const zombie = run(scene, stalling, 'zombie');
  await until('the zombie-to-be works', () => zombie.isReady());
  const held = proxy.holdFromNextCommit();
  await click(direct, prefix);
  await held;
  const successor = run(scene, direct, 'successor');
  await until('the successor has done all', async () => {
    const [one, other] = await direct.writtenEnds(places(prefix, clicks.name));
    const handled = successor
      .tasks()
      .reduce((sum, task) => sum + (task.nextOffsets.get(`${prefix}.clicks.v1`) ?? 0), 0);
    return handled === (one ?? 0) + (other ?? 0);
  });
  proxy.release();
  await until('everything is decided', async () => {
    const written = await direct.writtenEnds(places(prefix, echoes.name));
    const readable = await Promise.all(places(prefix, echoes.name).map((place) => direct.offsets(place)));
    return readable.every(({ end }, index) => end === written[index]);
  });
  const seen = await echoed(direct, prefix);
  await Promise.all([zombie.stop(), successor.stop()]);
  await Promise.all([direct.close(), stalling.close()]);
  return { doubled: seen.length - new Set(seen).size, lost: clickCount - new Set(seen).size };
}

function run({ prefix, idOf, isHasty = false }: ZombieScene, log: Log, instance: string) {
  const named = withIds(log, (id) => idOf(id, instance));
  return runStages({
    log: isHasty ? hasty(named) : named,
    stateStore: new MemoryStateStore(),
    stages: [echoing],
    prefix,
    instance,
  });
}

function withIds(log: Log, idOf: (id: string) => string): Log {
  return changed(log, { openTransactor: (id, topics) => log.openTransactor(idOf(id), topics) });
}

function hasty(log: Log): Log {
  return changed(log, {
    writtenEnds: async (partitions) => {
      const found = await Promise.all(partitions.map((place) => log.offsets(place)));
      return found.map(({ end }) => end);
    },
  });
}

function changed(log: Log, changes: Partial<Log>): Log {
  return new Proxy(log, {
    get: (target, name) => {
      const value: unknown = Reflect.get(changes, name) ?? Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

async function click(log: Log, prefix: string): Promise<void> {
  await log.append(
    Array.from({ length: clickCount }, (_, number) => ({
      topic: `${prefix}.clicks.v1`,
      key: Buffer.from(`user-${number % 20}`),
      value: Buffer.from(String(number)),
      timestampMs: number,
    })),
  );
}

async function echoed(log: Log, prefix: string): Promise<number[]> {
  const seen: number[] = [];
  for (const place of places(prefix, echoes.name)) {
    const { start, end } = await log.offsets(place);
    const reader = log.openReader([{ ...place, offset: start }]);
    for (let next = start; next < end;) {
      for (const { records, nextOffset } of await reader.read(1_000)) {
        seen.push(...records.map(({ value }) => Number(value)));
        next = nextOffset;
      }
    }
    await reader.close();
  }
  return seen;
}

function places(prefix: string, name: string) {
  return Array.from({ length: partitions }, (_, partition) => ({ topic: `${prefix}.${name}.v1`, partition }));
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  while (!(await isSo())) {
    if (performance.now() > untilMs) throw new Error(`waited in vain: ${what}`);
    await sleep(20);
  }
}
