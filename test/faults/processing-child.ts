// A process that runs the stages until it is killed: `process-child` with a data folder, spoken to over IPC.
//
// It imports everything first and begins when told to, so that the next one can stand by while one is being killed.
import { setTimeout as sleep } from 'node:timers/promises';
import { plainInteraction } from '../../schemas/plain-interaction.ts';
import { interactions, profiles } from '../../schemas/topics.ts';
import type { Interaction } from '../../schemas/types.ts';
import { partitionOf, physicalName } from '../../streams/index.ts';
import type { Log } from '../../streams/log/log.ts';
import type { RunningStages } from '../../streams/run.ts';
import type { LedgerEvent, Place, Recount } from './ledger.ts';
import { partitions, prefix, startProcessing, type Processing } from './processing.ts';

export type Command =
  | { readonly kind: 'begin'; readonly dataDir: string }
  | { readonly kind: 'append'; readonly request: number; readonly events: readonly LedgerEvent[] }
  /** Waits until all that was appended is worked off and served, then answers what the profiles say. */
  | { readonly kind: 'recount'; readonly customers: readonly string[] }
  | { readonly kind: 'stop' };

export type Report =
  | { readonly kind: 'standing-by' }
  | { readonly kind: 'open' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'appended'; readonly request: number; readonly places: readonly Place[] }
  | { readonly kind: 'recounted'; readonly recounts: readonly (Recount | null)[] };

const topic = physicalName(prefix, interactions.name);
const SERVED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 10;
const IDLE_LOOKS = 10;

let processing: Processing | undefined;
process.on('message', (command: Command) => void obey(command));
process.on('disconnect', endWithParent);
report({ kind: 'standing-by' });

function endWithParent(): void {
  process.exit(1);
}

async function obey(command: Command): Promise<void> {
  if (command.kind === 'begin') return begin(command.dataDir);
  if (processing === undefined) throw new Error(`told to ${command.kind} before it began`);
  switch (command.kind) {
    case 'append':
      return append(processing, command.request, command.events);
    case 'recount':
      return recount(processing, command.customers);
    case 'stop':
      await processing.stop();
      process.off('disconnect', endWithParent);
      return process.disconnect();
  }
}

async function begin(dataDir: string): Promise<void> {
  // Small batches and a small cache: more commits to be killed in, more reads from the local store.
  processing = await startProcessing({
    dataDir,
    batchRecordsMax: 50,
    decodedBytesMax: 1 << 17,
    queueBytesMax: 1 << 20,
  });
  report({ kind: 'open' });
  await processing.running.started;
  while (!processing.running.isReady()) await sleep(LOOK_EVERY_MS);
  report({ kind: 'ready' });
}

async function append({ log }: Processing, request: number, events: readonly LedgerEvent[]): Promise<void> {
  const records = events.map((event) => ({
    topic,
    partition: partitionOf(Buffer.from(event.customer_id), partitions),
    key: Buffer.from(event.customer_id),
    value: interactions.codec.encode(interactionOf(event)),
    timestampMs: Date.parse(event.timestamp),
  }));
  const places = await log.append(records, { durability: request % 2 === 0 ? 'disk' : 'memory' });
  report({ kind: 'appended', request, places: places.map(({ partition, offset }) => ({ partition, offset })) });
}

async function recount({ log, serving, running }: Processing, customers: readonly string[]): Promise<void> {
  await workedOff(log, running);
  for (let partition = 0; partition < partitions; partition += 1) {
    const { end } = await log.offsets({ topic, partition });
    const last = { stage: 'customers', topic, partition, offset: end - 1 };
    if (end > 0 && !(await serving.waitForProgress(last, SERVED_WITHIN_MS))) throw new Error('it is not served');
  }
  const recounts = customers.map((customer): Recount | null => {
    const bytes = serving.get(profiles.name, customer);
    if (bytes === null) return null;
    const { counts, lifetime_value, orders, items_bought } = profiles.codec.decode(bytes);
    return { events: counts, lifetime_value, orders, items_bought };
  });
  report({ kind: 'recounted', recounts });
}

/** Several looks in a row: the stages feed each other. */
async function workedOff(log: Log, running: RunningStages): Promise<void> {
  for (let idle = 0; idle < IDLE_LOOKS; idle += 1) {
    await sleep(LOOK_EVERY_MS);
    if (!running.isReady()) idle = -1;
    for (const { partition, nextOffsets } of running.tasks()) {
      for (const [topic, offset] of nextOffsets) if (offset < (await log.offsets({ topic, partition })).end) idle = -1;
    }
  }
}

function interactionOf(event: LedgerEvent): Interaction {
  return plainInteraction({ ...event, timestamp: Date.parse(event.timestamp), channel: 'web' });
}

function report(message: Report): void {
  process.send?.(message);
}
