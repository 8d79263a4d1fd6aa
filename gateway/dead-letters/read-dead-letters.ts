// Reads dead letters, newest first and page by page, over all partitions of their topic. A page costs no more than it shows, give or take
// what one partition holds less than another.
import type { GatewayDependencies, IncomingRecord } from '../dependencies.ts';

type Dependencies = Pick<GatewayDependencies, 'log' | 'settings' | 'physicalName'>;

export interface Place {
  readonly partition: number;
  readonly offset: number;
}

export interface Page {
  /** Newest first; of one partition in the order of its offsets, of several by time. */
  readonly records: readonly IncomingRecord[];
  /** All that can still be read. */
  readonly total: number;
  /** Where older ones end; empty when there are none. */
  readonly older: readonly Place[];
}

/** What of a partition is still to be shown: up to before `end`. */
interface Rest {
  readonly partition: number;
  readonly start: number;
  readonly end: number;
}

const logicalName = 'dead-letters';
const readWaitMs = 200;
/** A partition may hold gaps that no record follows: then nothing more comes, however long one waits. */
const readsMax = 20;

/** `before`: the `older` of the former page. */
export async function newestDeadLetters(
  limit: number,
  before: readonly Place[] | null,
  dependencies: Dependencies,
): Promise<Page> {
  const all = await rangesOf(dependencies);
  const total = all.reduce((sum, { start, end }) => sum + end - start, 0);
  let rests = before === null ? all : all.map((range) => ({ ...range, end: endBefore(range, before) }));
  for (;;) {
    rests = rests.filter(({ start, end }) => end > start);
    if (rests.length === 0) return { records: [], total, older: [] };
    const tails = rests.map((rest) => ({ ...rest, from: Math.max(rest.start, rest.end - limit) }));
    const found = await readAll(tails, dependencies);
    const records = takeNewest(found, limit);
    rests = tails.map(({ partition, start, from }) => {
      const left = found.get(partition)?.at(-1);
      return { partition, start, end: left === undefined ? from : left.offset + 1 };
    });
    if (records.length === 0) continue; // all gaps: look further back
    const older = rests.filter(({ start, end }) => end > start);
    return { records, total, older: older.map(({ partition, end }) => ({ partition, offset: end })) };
  }
}

/** The record at this very place; undefined when there is none. */
export async function deadLetterAt(place: Place, dependencies: Dependencies): Promise<IncomingRecord | undefined> {
  const range = (await rangesOf(dependencies)).find(({ partition }) => partition === place.partition);
  if (range === undefined || place.offset < range.start || place.offset >= range.end) return undefined;
  const window = { ...range, from: place.offset, end: place.offset + 1 };
  return (await readAll([window], dependencies)).get(place.partition)?.[0];
}

function rangesOf({ log, settings, physicalName }: Dependencies): Promise<Rest[]> {
  const topic = physicalName(logicalName);
  const partitions = Array.from({ length: settings.partitions }, (_, partition) => partition);
  return Promise.all(
    partitions.map(async (partition) => ({ partition, ...(await log.offsets({ topic, partition })) })),
  );
}

function endBefore({ partition, start, end }: Rest, before: readonly Place[]): number {
  return Math.min(end, before.find((place) => place.partition === partition)?.offset ?? start);
}

/** By partition, in the order of their offsets: what stands in the windows. */
async function readAll(
  windows: readonly (Rest & { readonly from: number })[],
  { log, physicalName }: Dependencies,
): Promise<Map<number, IncomingRecord[]>> {
  const topic = physicalName(logicalName);
  const found = new Map<number, IncomingRecord[]>(windows.map(({ partition }) => [partition, []]));
  const ends = new Map(windows.map(({ partition, end }) => [partition, end]));
  const waiting = new Set(ends.keys());
  const reader = log.openReader(windows.map(({ partition, from }) => ({ topic, partition, offset: from })));
  try {
    for (let reads = 0; waiting.size > 0 && reads < readsMax; reads += 1) {
      for (const { partition, records, nextOffset } of await reader.read(readWaitMs)) {
        const end = ends.get(partition) ?? 0;
        found.get(partition)?.push(...records.filter(({ offset }) => offset < end));
        if (nextOffset >= end) waiting.delete(partition);
      }
    }
  } finally {
    await reader.close();
  }
  return found;
}

/** Takes them out of `found`. */
function takeNewest(found: ReadonlyMap<number, IncomingRecord[]>, limit: number): IncomingRecord[] {
  const taken: IncomingRecord[] = [];
  while (taken.length < limit) {
    const newest = [...found.values()]
      .filter((records) => records.length > 0)
      .sort(byLatest)[0]
      ?.pop();
    if (newest === undefined) break;
    taken.push(newest);
  }
  return taken;
}

function byLatest(one: readonly IncomingRecord[], other: readonly IncomingRecord[]): number {
  return (other.at(-1)?.timestampMs ?? 0) - (one.at(-1)?.timestampMs ?? 0);
}
