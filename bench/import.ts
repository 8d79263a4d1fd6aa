// Lines per second of `freshet import` into an empty data folder: a CSV file made here, plain and compressed, and a grocer's year
// where that data set lies beside the project.
import { createReadStream, createWriteStream, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { createShop } from '../demo/shop.ts';
import { runFreshet } from '../test/end-to-end/freshet-process.ts';
import { UNIFORM_CUSTOMERS, uniformInteractions } from './lib/backlog.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';
import { rounded } from './lib/quantiles.ts';
import { inTemporaryFolder } from './lib/temporary-folder.ts';

const EVENTS_PER_SECOND = 10;
const LINES_PER_WRITE = 1_000;

const grocer = fileURLToPath(new URL('../../shared/data/completejourney/transactions.csv.gz', import.meta.url));
const grocerMapping = fileURLToPath(new URL('../examples/4-import/completejourney-transactions.yaml', import.meta.url));

const mappingText = `target: interactions
format: { type: csv }
fields:
  customer_id: customer
  item_id: item
  event_type: event
  timestamp: { column: time, unit: ms }
  session_id: session
  value: value
  channel: { constant: web }
`;

export function run({ events = 500_000 }: BenchOptions): Promise<Figures> {
  return inTemporaryFolder(async (folder) => {
    const mapping = join(folder, 'mapping.yaml');
    writeFileSync(mapping, mappingText);
    const plain = join(folder, 'events.csv');
    await pipeline(Readable.from(csv(events)), createWriteStream(plain));
    await pipeline(createReadStream(plain), createGzip(), createWriteStream(`${plain}.gz`));
    const figures: Record<string, Figures> = {
      csv: await imported(plain, mapping),
      csv_gz: await imported(`${plain}.gz`, mapping),
    };
    if (existsSync(grocer)) figures['completejourney_csv_gz'] = await imported(grocer, grocerMapping);
    return figures;
  });
}

function imported(path: string, mapping: string): Promise<Figures> {
  return inTemporaryFolder(async (dataDir) => {
    const startMs = performance.now();
    const rejected = join(dataDir, 'rejected.jsonl');
    const args = ['import', path, '--mapping', mapping, '--rejected', rejected, '--json'];
    const { code, output } = await runFreshet(args, { DATA_DIR: dataDir });
    const wholeSeconds = (performance.now() - startMs) / 1000;
    const json = /^\{"files".*$/m.exec(output)?.[0];
    if (code !== 0 || json === undefined) throw new Error(output);
    const { files, seconds } = JSON.parse(json) as { files: { lines: number; accepted: number }[]; seconds: number };
    const { lines = 0, accepted = 0 } = files[0] ?? {};
    const figures = { lines, accepted, lines_per_second: Math.round(lines / seconds), seconds };
    console.log(path.split('/').at(-1), figures);
    return { ...figures, seconds_with_start: rounded(wholeSeconds) };
  });
}

function* csv(lines: number): Generator<string> {
  const startMs = Date.now() - (lines * 1000) / EVENTS_PER_SECOND;
  const options = { customers: UNIFORM_CUSTOMERS, eventsPerSecond: EVENTS_PER_SECOND, perVisit: 3 };
  yield 'customer,item,event,time,session,value\n';
  let text: string[] = [];
  for (const event of uniformInteractions(createShop(1), startMs, options).take(lines)) {
    const { customer_id, item_id, event_type, timestamp, session_id, value } = event;
    text.push(`${customer_id},${item_id},${event_type},${timestamp},${session_id},${value ?? ''}\n`);
    if (text.length < LINES_PER_WRITE) continue;
    yield text.join('');
    text = [];
  }
  yield text.join('');
}
