// Compares what a run has left behind with what a sequential fold over the committed input says; answers the first difference.
import type { Log } from '../../log/log.ts';
import { restoreTask } from '../../restore.ts';
import type { StageDefinition } from '../../stage.ts';
import type { StateStore } from '../../store/store.ts';
import { decodeProgress } from '../../task-progress.ts';
import { deadLetters as deadLettersName, physicalName, positionsTopicName } from '../../topic.ts';
import type { Clock } from '../../clock.ts';
import type { ExternalStore } from './external-store.ts';
import { LEDGER_HEADER, type Delivery } from './producer.ts';
import { readAll, type Contents } from './read-all.ts';
import { foldItems, foldUsers, type ItemsFold, type UsersFold } from './sequential-fold.ts';
import { PREFIX, copying, items, stages, users } from './topology.ts';

const EXPIRY_BYTES = 8;

export interface Evidence {
  readonly log: Log;
  readonly clock: Clock;
  readonly partitions: number;
  readonly deliveries: readonly Delivery[];
  readonly external: ExternalStore;
  /** Every local store there is, by the name of its process. */
  readonly stores: ReadonlyMap<string, StateStore>;
}

const name = (logical: string) => physicalName(PREFIX, logical);
const TOPICS = [
  'clicks',
  'tags',
  'counts',
  'tagged',
  'ticks',
  'recents',
  'scores',
  'hits',
  'tallies',
  'notes',
  deadLettersName,
].map(name);
const POSITIONS = stages.map((stage) => positionsTopicName(PREFIX, stage.name));

/** Null when all is as it must be. */
export async function firstDifference(evidence: Evidence): Promise<string | null> {
  const { log, partitions } = evidence;
  const contents = await readAll(log, [...TOPICS, ...POSITIONS], partitions);
  const folds = Array.from({ length: partitions }, (_, partition) => ({
    users: foldUsers(partition, contents.of(name('clicks'), partition), contents.of(name('tags'), partition)),
    items: foldItems(contents.of(name('hits'), partition)),
  }));
  const expected = expectedTables(folds);
  return (
    ledgerDifference(evidence.deliveries, contents, partitions) ??
    positionDifference(contents, partitions, folds) ??
    tableDifference(contents, expected) ??
    outputDifference(contents, partitions, folds) ??
    externalDifference(evidence, contents, expected) ??
    (await storeDifference(evidence, expected))
  );
}

/**
 * What every replay of the same input gives, byte by byte: the tables and letters of the stage that reads it. The order in which
 * its tasks pass hits on to the other stage is free, and so is what depends on that order.
 */
export async function replayedOf(log: Log, partitions: number): Promise<string> {
  const tables = [...users.tables.keys(), 'scores'];
  const contents = await readAll(log, [...tables, deadLettersName].map(name), partitions);
  const letters = [...contents.all(name(deadLettersName), partitions)].map(
    ({ value, headers }) => `${JSON.stringify(headers)} ${String(value)}`,
  );
  const folded = tables.map((table) => {
    const entries = Array.from({ length: partitions }, (_, partition) => [...contents.folded(name(table), partition)]);
    return [table, entries.flat().toSorted(([one], [other]) => (one < other ? -1 : 1))];
  });
  return JSON.stringify([folded, letters.toSorted()]);
}

/** By table, then partition: keys and values. */
type Tables = ReadonlyMap<string, readonly ReadonlyMap<string, string>[]>;

function expectedTables(folds: readonly { users: UsersFold; items: ItemsFold }[]): Tables {
  return new Map([
    ['counts', folds.map((fold) => fold.users.counts)],
    ['tagged', folds.map((fold) => fold.users.tagged)],
    ['ticks', folds.map((fold) => fold.users.ticks)],
    ['recents', folds.map((fold) => fold.users.recents)],
    ['tallies', folds.map((fold) => fold.items.tallies)],
  ]);
}

/** Everything acknowledged is in the log once, at its place; nothing refused is there; nothing is there twice. */
function ledgerDifference(deliveries: readonly Delivery[], contents: Contents, partitions: number): string | null {
  const found = new Map<string, { count: number; place: string }>();
  for (const topic of ['clicks', 'tags']) {
    for (const record of contents.all(name(topic), partitions)) {
      const id = record.headers[LEDGER_HEADER] ?? '';
      const place = `${record.topic}/${record.partition}@${record.offset}`;
      found.set(id, { count: (found.get(id)?.count ?? 0) + 1, place });
    }
  }
  for (const { records, outcome, places, durability } of deliveries) {
    const kept = records.filter((record) => record.topic !== name('tags')); // of a compacted topic old records may be gone
    const counts = kept.map((record) => found.get(record.headers?.[LEDGER_HEADER] ?? '')?.count ?? 0);
    const id = records[0]?.headers?.[LEDGER_HEADER];
    const what = `delivery ${id} (${durability}, ${outcome})`;
    if (counts.some((count) => count > 1)) return `${what} is in the log twice`;
    if (new Set(counts).size > 1) return `${what} is in the log in part`;
    if (outcome === 'acknowledged' && counts[0] === 0) return `${what} is not in the log`;
    if (outcome === 'refused' && counts[0] === 1) return `${what} is in the log`;
    if (outcome !== 'acknowledged') continue;
    for (const [index, record] of records.entries()) {
      const at = places[index];
      const place = found.get(record.headers?.[LEDGER_HEADER] ?? '')?.place;
      if (place !== undefined && place !== `${at?.topic}/${at?.partition}@${at?.offset}`)
        return `${what}: record ${index} stands at ${place}`;
    }
  }
  return null;
}

/** Every task has come to the end of its inputs and says so. */
function positionDifference(
  contents: Contents,
  partitions: number,
  folds: readonly { users: UsersFold }[],
): string | null {
  for (const stage of stages) {
    for (let partition = 0; partition < partitions; partition += 1) {
      const value = contents.of(positionsTopicName(PREFIX, stage.name), partition).at(-1)?.value;
      const progress = value ? decodeProgress(value) : { inputs: {}, streamTimeMs: 0 };
      for (const input of stage.inputs.keys()) {
        const last = contents.of(name(input), partition).at(-1);
        const wanted = last === undefined ? undefined : last.offset + 1;
        // Of a compacted input the last record may be gone after it was handled.
        const said = (progress.inputs as Record<string, number>)[input];
        if (said === wanted || (input === 'tags' && (said ?? 0) >= (wanted ?? 0))) continue;
        return `${stage.name}.${partition} stands at ${said} of ${input}, not at ${wanted}`;
      }
      const streamTimeMs = stage === users ? folds[partition]?.users.streamTimeMs : progress.streamTimeMs;
      if (progress.streamTimeMs !== streamTimeMs)
        return `${stage.name}.${partition}: stream time ${progress.streamTimeMs}, not ${streamTimeMs}`;
    }
  }
  return null;
}

function tableDifference(contents: Contents, expected: Tables): string | null {
  for (const [table, byPartition] of expected) {
    for (const [partition, wanted] of byPartition.entries()) {
      const difference = mapDifference(contents.folded(name(table), partition), wanted);
      if (difference !== null) return `table ${table}/${partition} in the log: ${difference}`;
    }
  }
  return null;
}

function outputDifference(
  contents: Contents,
  partitions: number,
  folds: readonly { users: UsersFold; items: ItemsFold }[],
): string | null {
  const scores = new Map(folds.flatMap((fold) => [...fold.users.scores]));
  const scored = Array.from({ length: partitions }, (_, partition) => [
    ...contents.folded(name('scores'), partition),
  ]).flat();
  const hits = [...contents.all(name('hits'), partitions)].map(
    ({ value }) => (JSON.parse(String(value)) as { id: string }).id,
  );
  const rejected = folds.flatMap((fold) =>
    fold.users.rejected.map((each) => `${each.topic}/${each.partition}@${each.offset} ${each.reason}`),
  );
  const letters = [...contents.all(name(deadLettersName), partitions)].map(({ headers }) => {
    return `${headers['freshet.topic']}/${headers['freshet.partition']}@${headers['freshet.offset']} ${headers['freshet.reason']}`;
  });
  const noted = [...contents.all(name('notes'), partitions)].map((record) => {
    const { id, label, n } = JSON.parse(String(record.value)) as { id: string; label: string; n: number };
    return { note: `${String(record.key)} ${id} ${n}`, label, item: String(record.key) };
  });
  const unlabelled = noted.find(({ label, item }) => !label.startsWith(`${item}!`));
  return (
    prefixed('scores', mapDifference(new Map(scored), scores)) ??
    prefixed(
      'hits',
      listDifference(
        hits,
        folds.flatMap((fold) => fold.users.hits),
      ),
    ) ??
    prefixed('dead letters', listDifference(letters, rejected)) ??
    prefixed(
      'notes',
      listDifference(
        noted.map(({ note }) => note),
        folds.flatMap((fold) => fold.items.notes),
      ),
    ) ??
    (unlabelled === undefined
      ? null
      : `note ${unlabelled.note} was written before its label was known (${unlabelled.label})`)
  );
}

function externalDifference({ external, partitions }: Evidence, contents: Contents, expected: Tables): string | null {
  for (const { name: table } of copying.reads) {
    const wanted = new Map((expected.get(table) ?? []).flatMap((entries) => [...entries]));
    const difference = mapDifference(external.table(name(table)), wanted);
    if (difference !== null) return `table ${table} in the external store: ${difference}`;
  }
  for (const stage of [users, items]) {
    for (let partition = 0; partition < partitions; partition += 1) {
      const value = contents.of(positionsTopicName(PREFIX, stage.name), partition).at(-1)?.value;
      const wanted = value ? JSON.stringify(decodeProgress(value).inputs) : undefined;
      const said = external.progress.get(`${stage.name}/${partition}`);
      if (wanted !== undefined && JSON.stringify(said) !== wanted) {
        return `the sink says that ${stage.name}.${partition} stands at ${JSON.stringify(said)}, not at ${wanted}`;
      }
    }
  }
  return null;
}

/** Each local store, however old, is refused or brought to the same content; so is an empty one. */
async function storeDifference(evidence: Evidence, expected: Tables): Promise<string | null> {
  for (const [owner, stateStore] of evidence.stores) {
    for (const stage of stages) {
      for (let partition = 0; partition < evidence.partitions; partition += 1) {
        const { store } = await restoreTask({ ...evidence, stateStore, stage, partition, prefix: PREFIX });
        for (const table of stage.tables.keys()) {
          const held = new Map([...store.range(table)].map(({ key, value }) => [key, textOf(stage, table, value)]));
          const difference = mapDifference(held, expected.get(table)?.[partition] ?? new Map());
          if (difference !== null) return `table ${table}/${partition} in the local store of ${owner}: ${difference}`;
        }
        await store.close();
      }
    }
  }
  return null;
}

function textOf(stage: StageDefinition, table: string, value: Buffer): string {
  return value.subarray(stage.tables.get(table)?.expireAfterMs === undefined ? 0 : EXPIRY_BYTES).toString('utf8');
}

function mapDifference(found: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): string | null {
  for (const [key, value] of wanted) if (found.get(key) !== value) return `${key} is ${found.get(key)}, not ${value}`;
  for (const [key, value] of found) if (!wanted.has(key)) return `${key} is ${value}, but should not be there`;
  return null;
}

/** As multisets. */
function listDifference(found: readonly string[], wanted: readonly string[]): string | null {
  const left = new Map<string, number>();
  for (const each of wanted) left.set(each, (left.get(each) ?? 0) + 1);
  for (const each of found) {
    const count = left.get(each) ?? 0;
    if (count === 0) return wanted.includes(each) ? `${each} is there too often` : `${each} should not be there`;
    left.set(each, count - 1);
  }
  for (const [each, count] of left) if (count > 0) return `${each} is missing`;
  return null;
}

function prefixed(what: string, difference: string | null): string | null {
  return difference === null ? null : `${what}: ${difference}`;
}
