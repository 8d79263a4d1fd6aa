// Runs all stages on events of which each is another customer's, and tells from time to time what the process holds.
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createShop } from '../../demo/shop.ts';
import type { Interaction } from '../../schemas/types.ts';
import { collectRarely } from '../../system/garbage-collection.ts';
import { startProcessing } from '../../test/faults/processing.ts';
import { append, fillLog, interactionRecord, uniformInteractions } from './backlog.ts';
import { ownMibOf } from './process-cost.ts';
import { rounded } from './quantiles.ts';

export interface Held {
  readonly events: number;
  /** Of V8's heap, right after a collection of all of it. */
  readonly live_mib: number;
  /** Without pages of files. */
  readonly own_mib: number | null;
}

const TELL_TIMES = 8;
const CHUNK_EVENTS = 500;
/** So many may wait: what is measured is what is kept, not what is queued. */
const BEHIND_EVENTS_MAX = 2_000;
const EVENTS_PER_SECOND = 30;
/** Full within the first quarter: what comes later must not show. */
const DECODED_BYTES_MAX = 32 * 2 ** 20;
const LOOK_EVERY_MS = 20;
/** For the stages behind the first, and the sink. */
const SETTLED_MS = 1_000;
const SESSIONS = 20_000;
const MIB = 2 ** 20;

const { dataDir, events } = JSON.parse(process.argv[2] ?? '') as { readonly dataDir: string; readonly events: number }; // written by the bench
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
collectRarely();
console.log(JSON.stringify(await holdCustomers()));
process.exit(0);

async function holdCustomers(): Promise<Held[]> {
  let handled = 0;
  const processing = await startProcessing({
    dataDir,
    observer: {
      batch: ({ stage, byTopic }) => void (handled += stage === 'customers' ? (byTopic.get('interactions') ?? 0) : 0),
    },
    batchRecordsMax: 1_000,
    decodedBytesMax: DECODED_BYTES_MAX,
    queueBytesMax: 8 * MIB,
  });
  const { log } = processing;
  await processing.running.started;
  await fillLog(log, { workload: 'shop', events: 0, sessions: SESSIONS });
  const worked = async (upTo: number) => {
    while (handled < upTo) await sleep(LOOK_EVERY_MS);
  };
  const told: Held[] = [];
  const stream = newCustomers();
  for (let sent = CHUNK_EVENTS; sent <= events; sent += CHUNK_EVENTS) {
    await append(
      log,
      Array.from({ length: CHUNK_EVENTS }, () => interactionRecord(stream.next().value)),
    );
    await worked(sent - BEHIND_EVENTS_MAX);
    if ((sent * TELL_TIMES) % events >= CHUNK_EVENTS * TELL_TIMES) continue;
    await worked(sent);
    await sleep(SETTLED_MS);
    told.push(heldAfter(sent));
  }
  await processing.stop();
  return told;
}

/** Each comes once, as if all of it took hours. */
function newCustomers(): Iterator<Interaction, never> {
  const startMs = Date.now() - (events / EVENTS_PER_SECOND) * 1000;
  const every = { customers: events, eventsPerSecond: EVENTS_PER_SECOND };
  return uniformInteractions(createShop(1), startMs, every) as Iterator<Interaction, never>; // it has no end
}

function heldAfter(sent: number): Held {
  const own = ownMibOf(process.pid);
  collect();
  return { events: sent, live_mib: rounded(process.memoryUsage().heapUsed / MIB), own_mib: own };
}
