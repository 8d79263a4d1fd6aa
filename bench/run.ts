// `npm run bench -- <name>`: measures, and ends with one line of JSON. Without a name: what there is to measure.
import { parseArgs } from 'node:util';
import type { Bench, BenchOptions } from './lib/bench.ts';
import { describeMachine } from './lib/machine.ts';

interface Entry {
  readonly says: string;
  readonly load: () => Promise<Bench>;
}

const benches: Readonly<Record<string, Entry>> = {
  stages: {
    says: 'interactions per second through the stages, with scoring, from a backlog (--events, --sessions)',
    load: () => import('./stages.ts'),
  },
  streams: {
    says: 'a stateful count on Kafka, exactly once, against Java’s Kafka Streams, with each client (--events)',
    load: () => import('./streams.ts'),
  },
  freshness: {
    says: 'from POST to a recommendation that reflects it, at 200 and 1,000 events per second (--seconds, --workers, --on servers, --client)',
    load: () => import('./freshness.ts'),
  },
  gateway: {
    says: 'GET against bare node:http with the same store and bytes, POST in batches of 1 to 1,000 (--seconds)',
    load: () => import('./gateway.ts'),
  },
  'gateway-redis': {
    says: 'GET from Redis against bare node:http and ioredis, with one gateway’s thread and with two (--seconds)',
    load: () => import('./gateway-redis.ts'),
  },
  redis: {
    says: 'reads and memory of the serving store on Redis, against the bare client (--customers, --seconds, --folder)',
    load: () => import('./redis.ts'),
  },
  'gateway-layers': {
    says: 'microseconds that each layer of the gateway takes of a GET',
    load: () => import('./gateway-layers.ts'),
  },
  overload: {
    says: 'reads and writes at twice the capacity: who is answered how late, memory, recovery (--seconds)',
    load: () => import('./overload.ts'),
  },
  scoring: {
    says: 'microseconds for the list of one customer, and for each of its sources, with 10 thousand to a million items and a full session index (--items, --sessions)',
    load: () => import('./scoring.ts'),
  },
  als: {
    says: 'seconds per sweep of implicit ALS against Python’s implicit on one matrix (--folder with a train.txt.gz)',
    load: () => import('./als.ts'),
  },
  models: {
    says: 'processor time and memory of the models of `evaluate` on public sets (--folder with ml-1m, gowalla and sessions)',
    load: () => import('./models.ts'),
  },
  exploration: {
    says: 'clicks lost by Thompson sampling and other ways on simulated shelves with known rates (--events)',
    load: () => import('./exploration.ts'),
  },
  online: {
    says: 'how good lists asked for over HTTP are, against what the replay says of them (--folder with ml-100k.inter.gz, --events)',
    load: () => import('./online.ts'),
  },
  import: {
    says: 'lines per second of `freshet import` into an empty folder (--events)',
    load: () => import('./import.ts'),
  },
  scale: {
    says: 'cost per event, memory and disk with 10,000 to 1,000,000 customers (--customers, --events, --folder)',
    load: () => import('./scale.ts'),
  },
  memory: {
    says: 'what the stages hold while ever more customers come, by eighths of the events (--events)',
    load: () => import('./memory.ts'),
  },
  'kafka-transactions': {
    says: 'what a transaction on Kafka costs, by each client library (--seconds per client and round)',
    load: () => import('./kafka-transactions.ts'),
  },
  restore: {
    says: 'a process on Kafka has its state again: from the log alone, and after kill -9 (--customers)',
    load: () => import('./restore.ts'),
  },
  rebalance: {
    says: 'what a customer waits while work moves between processes on Kafka; connections and memory of many tasks',
    load: () => import('./rebalance.ts'),
  },
  image: {
    says: 'what the container image adds to its base, and how soon a container answers',
    load: () => import('./image.ts'),
  },
  restart: {
    says: 'answering again after kill -9, and the second `npm start` of the shop (--customers, --folder)',
    load: () => import('./restart.ts'),
  },
};

const texts = new Set(['folder', 'on', 'client']);

const { name, options } = readArguments();
const entry = benches[name ?? ''];
if (entry === undefined) {
  if (name !== undefined) console.error(`There is no bench ${name}.`);
  for (const [each, { says }] of Object.entries(benches)) console.log(`${each.padEnd(16)} ${says}`);
  process.exitCode = name === undefined ? 0 : 1;
} else {
  const machine = describeMachine();
  const bench = await entry.load();
  const figures = await bench.run(options);
  console.log(JSON.stringify({ bench: name, machine, ...figures }));
}

function readArguments(): { name: string | undefined; options: BenchOptions } {
  const given = { type: 'string' } as const;
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: given,
      customers: given,
      events: given,
      sessions: given,
      items: given,
      workers: given,
      folder: given,
      on: given,
      client: given,
    },
  });
  return {
    name: positionals[0],
    options: Object.fromEntries(
      Object.entries(values).map(([option, text]) => [option, texts.has(option) ? text : numberOf(option, text)]),
    ),
  };
}

function numberOf(option: string, text: string): number {
  const number = Number(text.replaceAll('_', ''));
  if (number >= 0) return number;
  console.error(`--${option} needs a number, not ${text}.`);
  process.exit(1);
}
