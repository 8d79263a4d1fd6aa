// What may go wrong at any moment, and how it is put right again. Each fault ends by itself; others may strike meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger } from '../faults/ledger.ts';
import { sessionTimeoutMs, type Cluster, type Member } from './cluster.ts';

export interface Fault {
  readonly name: string;
  /** What it has for itself while it lasts: two faults with one target take turns. */
  readonly target: string;
  /** Strikes, and resolves when all is as before. */
  strike(): Promise<void>;
}

export interface FaultsOptions {
  readonly cluster: Cluster;
  readonly ledger: Ledger;
  readonly random: () => number;
}

/** Longer than the session time-out: then another has its tasks when it wakes. */
const zombieMs = sessionTimeoutMs + 1_500;
const shortMs = 2_000;
const slowMs = 300;
const hourMs = 3_600_000;

/** The next one, drawn at random. */
export function drawFault({ cluster, ledger, random }: FaultsOptions): Fault {
  const { kafka, redis, toKafka, toRedis, workers, gateways } = cluster;
  const worker = oneOf(workers, random);
  const gateway = oneOf(gateways, random);
  const waitMs = random() * shortMs;
  const afresh = random() < 0.3;
  const skewMs = Math.round((random() * 2 - 1) * 6 * hourMs);
  const faults: readonly (Fault & { readonly weight: number })[] = [
    {
      weight: 6,
      name: `kill -9 ${worker.name}${afresh ? ', and start it without its state' : ''}`,
      target: worker.name,
      strike: async () => {
        await worker.kill();
        await sleep(waitMs);
        await worker.start({ afresh });
      },
    },
    {
      weight: 3,
      name: `SIGTERM ${worker.name}, and start it again`,
      target: worker.name,
      strike: async () => {
        await worker.stop();
        await sleep(waitMs);
        await worker.start();
      },
    },
    { weight: 4, ...zombie(worker) },
    {
      weight: 1,
      name: 'kill -9 the broker, and start it again',
      target: 'broker',
      strike: async () => {
        await kafka.kill();
        await sleep(waitMs / 2);
        await kafka.start();
      },
    },
    {
      weight: 1,
      name: 'stop the broker in order, and start it again',
      target: 'broker',
      strike: async () => {
        await kafka.stop();
        await kafka.start();
      },
    },
    {
      weight: 2,
      name: 'SIGSTOP the broker',
      target: 'broker',
      strike: async () => {
        kafka.pause();
        await sleep(waitMs);
        kafka.resume();
      },
    },
    { weight: 3, name: 'cut the way to the broker', target: 'to broker', strike: () => onWay(toKafka, 'cut') },
    { weight: 2, name: 'slow the way to the broker', target: 'to broker', strike: () => onWay(toKafka, 'slow') },
    {
      weight: 2,
      name: 'swallow what goes to the broker',
      target: 'to broker',
      strike: () => onWay(toKafka, 'swallow'),
    },
    {
      weight: 2,
      name: 'kill -9 Redis, and start it again, empty',
      target: 'redis',
      strike: async () => {
        await redis.kill();
        await sleep(waitMs / 2);
        await redis.startAgain();
      },
    },
    {
      weight: 2,
      name: 'FLUSHALL',
      target: 'redis',
      strike: async () => void redis.cli('FLUSHALL'),
    },
    { weight: 1, name: 'cut the way to Redis', target: 'to redis', strike: () => onWay(toRedis, 'cut') },
    { weight: 1, name: 'swallow what goes to Redis', target: 'to redis', strike: () => onWay(toRedis, 'swallow') },
    {
      weight: 2,
      name: `kill -9 ${gateway.name}`,
      target: gateway.name,
      strike: async () => {
        await gateway.kill();
        await gateway.start();
      },
    },
    {
      weight: 2,
      name: `a client's clock is wrong by ${skewMs} ms`,
      target: 'clock',
      strike: async () => {
        ledger.clockSkewMs = skewMs;
        await sleep(waitMs);
        ledger.clockSkewMs = 0;
      },
    },
  ];
  let at = random() * faults.reduce((sum, { weight }) => sum + weight, 0);
  return faults.find(({ weight }) => (at -= weight) < 0) ?? (faults[0] as Fault);

  async function onWay(way: Cluster['toKafka'], how: 'cut' | 'slow' | 'swallow'): Promise<void> {
    await (how === 'slow' ? way.slow(slowMs) : way[how]());
    await sleep(waitMs);
    await way.mend();
  }
}

/** Only what the transactional ids of tasks are for: one that stands still between what it wrote and the end of its transaction. */
export function drawZombie({ cluster: { workers, toKafka }, random }: FaultsOptions): Fault {
  const standing = zombie(oneOf(workers, random));
  return {
    name: `${standing.name} as it commits`,
    // One after the other: somebody must be there to take over.
    target: 'zombie',
    strike: async () => {
      // Commits take long then, and so most moments are in the middle of one.
      await toKafka.slow(slowMs);
      await sleep(shortMs * (0.5 + random()));
      const over = standing.strike();
      await toKafka.mend();
      await over;
    },
  };
}

function zombie(worker: Member): Fault {
  return {
    name: `SIGSTOP ${worker.name} for ${zombieMs} ms`,
    target: worker.name,
    strike: async () => {
      worker.process?.pause();
      await sleep(zombieMs);
      worker.process?.resume();
    },
  };
}

function oneOf(members: readonly Member[], random: () => number): Member {
  return members[Math.floor(random() * members.length)] as Member;
}
