// Breaks a running system at random and holds what is left of it against what must be there. The same seed draws the same faults at
// the same times; what they hit depends on the machine.
import { setTimeout as sleep } from 'node:timers/promises';
import { openKafkaLog } from '../../streams/log/kafka/open.ts';
import { seededRandom } from '../../streams/random.ts';
import { openRedisServingStore } from '../../serving/redis/redis-serving-store.ts';
import { Ledger } from '../faults/ledger.ts';
import { prefix, startCluster, type Cluster, type ClusterOptions, type Member } from './cluster.ts';
import { drawFault, type Fault, type FaultsOptions } from './faults.ts';
import { startLoad } from './load.ts';
import { judge, type ReadServed, type Verdict } from './oracle.ts';

export interface ChaosOptions extends Pick<ClusterOptions, 'folder' | 'kafkaClient' | 'environment'> {
  readonly seed: number;
  /** Ends after so many faults, or after so many minutes. */
  readonly faultsMax: number;
  readonly minutesMax?: number;
  /** @default all kinds */
  readonly draw?: (options: FaultsOptions) => Fault;
  readonly say: (line: string) => void;
}

export interface ChaosReport extends Verdict {
  readonly faults: number;
  readonly events: number;
}

const workers = 3;
const gateways = 2;
/** So many that nobody among them acts faster than people can: nothing is learnt from a machine (`models/machine-rate.ts`). */
const customersCount = 1_000;
/** Between two faults; some last longer, so that several are at work at once. */
const gapMs = 1_600;
const settledWithinMs = 90_000;
/** A transaction that a process left open holds up its successors for as long as half a minute. */
const readyWithinMs = 90_000;

/** Undefined, and noted as left out, where a server can't run. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport | undefined> {
  const cluster = await startCluster({ ...options, workers, gateways });
  if (cluster === undefined) return undefined;
  try {
    return await strikeAndJudge(cluster, options);
  } finally {
    await cluster.stop();
  }
}

async function strikeAndJudge(cluster: Cluster, options: ChaosOptions): Promise<ChaosReport> {
  const { seed, faultsMax, minutesMax = Infinity, draw = drawFault, say } = options;
  const random = seededRandom(seed);
  const ledger = new Ledger(seed, customersCount);
  const members = [...cluster.workers, ...cluster.gateways];
  await allReady(members);
  const load = startLoad(ledger, cluster.gateways);
  const startedMs = performance.now();
  const striking = new Map<string, Promise<void>>();
  let faults = 0;
  while (faults < faultsMax && performance.now() - startedMs < minutesMax * 60_000) {
    await sleep(gapMs * (0.5 + random()));
    const fault = draw({ cluster, ledger, random });
    await striking.get(fault.target);
    faults += 1;
    say(`${seconds(startedMs)} ${String(faults).padStart(4)} ${fault.name}`);
    const over = fault.strike();
    over.catch(() => undefined); // it is asked again below
    striking.set(fault.target, over);
  }
  await Promise.all(striking.values());
  say(`${seconds(startedMs)}      no more faults; ${ledger.sent} events sent`);
  await load.finish();
  await allReady(members);
  const verdict = await settledVerdict(cluster, ledger);
  say(`${seconds(startedMs)}      judged`);
  return { ...verdict, faults, events: ledger.sent };
}

/** What is still on its way is waited for, as it looks like lost; what is doubled stays so. */
async function settledVerdict(cluster: Cluster, ledger: Ledger): Promise<Verdict> {
  const log = await openKafkaLog({ brokers: [cluster.kafka.address()] });
  const served = await openRedisServingStore({ urls: [cluster.redis.url], prefix });
  const read: ReadServed = async (collection, key) => served.get(collection, key);
  try {
    for (const untilMs = Date.now() + settledWithinMs; ; await sleep(500)) {
      const verdict = await judge(log, ledger, read);
      if (verdict.complaints.length === 0 || verdict.doubled > 0 || Date.now() > untilMs) return verdict;
    }
  } finally {
    await served.close();
    await log.close();
  }
}

async function allReady(members: readonly Member[]): Promise<void> {
  await Promise.all(members.map(async (member) => member.ready(readyWithinMs)));
}

function seconds(startedMs: number): string {
  return `${((performance.now() - startedMs) / 1000).toFixed(1).padStart(7)} s`;
}
