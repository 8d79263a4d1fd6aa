// The gateway in threads of its own, so that answering requests and processing events don't wait for each other.
import { Worker } from 'node:worker_threads';
import { AggregatorRegistry, type Registry } from 'prom-client';
import type { Settings } from '../../config/settings.ts';
import type { GatewayLog, RuntimeStatus } from '../../gateway/dependencies.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { limitMemory } from '../../gateway/http/limits.ts';
import type { ImportServer } from '../../imports/server.ts';
import type { OpenServing } from '../open-serving.ts';
import type { GatewayStart, MainMethods, ThreadMethods } from './contract.ts';
import { pack, unpack } from './packed.ts';
import { Peer } from './peer.ts';

export interface GatewayThreadsOptions extends Omit<GatewayStart, 'handlesWrites' | 'serving' | 'limits'> {
  readonly log: GatewayLog;
  readonly serving: Pick<OpenServing, 'shared' | 'follow'>;
  readonly imports: ImportServer;
  readonly status: () => RuntimeStatus;
  readonly registry: Registry;
}

const statusEveryMs = 250;

/** Threads that load the gateway's code and wait to be told to start: begun early, as loading takes as long as opening a folder. */
export function beginThreads(count: number): Worker[] {
  return Array.from({ length: count }, () => new Worker(new URL('thread.ts', import.meta.url)));
}

/** The gateway that these threads are together. They share the port; one that fails ends the process, as it would alone. */
export function gatewayThreads(
  workers: readonly Worker[],
  options: GatewayThreadsOptions,
): Pick<Gateway, 'listen' | 'close'> {
  const { settings, topology, version, serving, status } = options;
  const readers = new Readers(options.log);
  const peers: Peer<ThreadMethods>[] = [];
  for (const worker of workers) peers.push(new Peer<ThreadMethods>(worker, mainMethods(options, readers, peers)));
  const ending: (() => void)[] = [];
  let answering = false;
  workers.forEach((worker, index) => {
    worker.on('error', (error) => {
      throw error;
    });
    worker.on('exit', () => {
      peers[index]?.end(new Error('the gateway’s thread has ended'));
      if (answering) throw new Error('a thread of the gateway has ended by itself');
    });
  });

  return {
    listen: async () => {
      const start = { serving: serving.shared, topology, version, limits: limitMemory() };
      const shared = shareOf(settings, peers.length);
      let address = { host: settings.apiHost, port: settings.apiPort };
      // One after the other: where any port will do, the first one finds it.
      for (const peer of peers) {
        const started = peer.call('start', {
          ...start,
          settings: { ...settings, ...shared, apiPort: address.port },
          handlesWrites: peer === peers[0],
        });
        ending.push(serving.follow((progress) => peer.tell('advance', progress)));
        peer.tell('status', status());
        address = await started;
      }
      const timer = setInterval(() => peers.forEach((peer) => peer.tell('status', status())), statusEveryMs);
      ending.push(() => clearInterval(timer));
      answering = true;
      return address;
    },
    close: async () => {
      if (!answering) return;
      answering = false;
      // All of them at one time, so that nobody is let in any more; the others may have something for the writer to the last.
      await Promise.all(peers.map((peer) => peer.call('drain', null)));
      await Promise.all(peers.map((peer) => peer.call('stop', null)));
      for (const end of ending) end();
      await readers.close();
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** A thread's share of what is limited for all of them: connections, and with them requests, are dealt out evenly. */
export function shareOf(
  { requestsInFlightMax, connectionsMax, ingestInFlightBytesMax, requestBytesMax }: Settings,
  threads: number,
): Pick<Settings, 'requestsInFlightMax' | 'connectionsMax' | 'ingestInFlightBytesMax'> {
  const share = (max: number, least: number) => Math.max(least, Math.floor(max / threads));
  return {
    requestsInFlightMax: share(requestsInFlightMax, 1),
    connectionsMax: share(connectionsMax, 1),
    // Less would refuse what one request may bring.
    ingestInFlightBytesMax: share(ingestInFlightBytesMax, Math.min(requestBytesMax, ingestInFlightBytesMax)),
  };
}

function mainMethods(
  { log, imports, registry }: GatewayThreadsOptions,
  readers: Readers,
  peers: readonly Peer<ThreadMethods>[],
): MainMethods {
  return {
    append: ({ records, durability }) =>
      log.append(
        unpack(records).map(({ key, value, ...rest }) => ({ ...rest, key: key as Buffer, value: value as Buffer })),
        durability === undefined ? {} : { durability },
      ),
    offsets: (partition) => log.offsets(partition),
    openReader: (from) => readers.open(from),
    read: ({ reader, waitMs }) => readers.read(reader, waitMs),
    closeReader: (reader) => readers.closeOne(reader),
    importProgress: (importId) => imports.progress(importId),
    commitImportChunk: ({ importId, body }) => imports.commitChunk(importId, body),
    handle: (request) => (peers[0] as Peer<ThreadMethods>).call('handle', request), // only a thread can ask, so there is one
    metric: async (name) => {
      const values = await registry.getSingleMetric(name)?.get();
      return values === undefined ? null : (values as Awaited<ReturnType<MainMethods['metric']>>);
    },
    allMetrics: async () => {
      const ofThreads = await Promise.all(peers.map((peer) => peer.call('ownMetrics', null)));
      return AggregatorRegistry.aggregate([await registry.getMetricsAsJSON(), ...ofThreads]).metrics();
    },
  };
}

/** The log's readers that threads have open, by the number that a thread knows. */
class Readers {
  readonly #log: GatewayLog;
  readonly #open = new Map<number, ReturnType<GatewayLog['openReader']>>();
  #opened = 0;

  constructor(log: GatewayLog) {
    this.#log = log;
  }

  open(from: Parameters<GatewayLog['openReader']>[0]): number {
    this.#opened += 1;
    this.#open.set(this.#opened, this.#log.openReader(from));
    return this.#opened;
  }

  async read(number: number, waitMs: number) {
    const batches = (await this.#open.get(number)?.read(waitMs)) ?? [];
    return batches.map(({ partition, records, nextOffset }) => ({
      partition,
      nextOffset,
      records: pack(
        records.map(({ offset, key, value, timestampMs, headers }) => ({
          partition,
          offset,
          key,
          value,
          timestampMs,
          headers,
        })),
      ),
    }));
  }

  async closeOne(number: number): Promise<void> {
    const reader = this.#open.get(number);
    this.#open.delete(number);
    await reader?.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((number) => this.closeOne(number)));
  }
}
