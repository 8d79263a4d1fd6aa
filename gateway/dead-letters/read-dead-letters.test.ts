// However the dead letters lie, with whatever gaps between them, going through the pages shows each of them once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readSettings } from '../../config/settings.ts';
import type { GatewayLog, IncomingRecord } from '../dependencies.ts';
import { deadLetterAt, newestDeadLetters, type Page } from './read-dead-letters.ts';

const partitions = 3;
const { settings } = readSettings({ PARTITIONS: String(partitions) });

/** Of each partition how far each record stands behind the former one, and how much later it was. */
const logs = fc.array(
  fc.array(fc.record({ gap: fc.integer({ min: 1, max: 40 }), later: fc.nat({ max: 9 }) }), { maxLength: 30 }),
  { minLength: partitions, maxLength: partitions },
);

test('pages show every dead letter once, each partition’s newest first', async () => {
  await fc.assert(
    fc.asyncProperty(logs, fc.integer({ min: 1, max: 12 }), fc.nat({ max: 20 }), async (steps, limit, gapAtEnd) => {
      const dependencies = { log: logOf(steps, gapAtEnd), settings, physicalName: (name: string) => name };
      const shown: IncomingRecord[] = [];
      let older: Page['older'] | null = null;
      do {
        const page: Page = await newestDeadLetters(limit, older, dependencies);
        assert.ok(page.records.length <= limit);
        assert.ok(page.records.length > 0 || page.older.length === 0);
        shown.push(...page.records);
        older = page.older;
      } while (older.length > 0);
      for (let partition = 0; partition < partitions; partition += 1) {
        const own = shown.filter((record) => record.partition === partition).map(({ offset }) => offset);
        assert.deepEqual(
          own,
          recordsOf(steps, partition)
            .map(({ offset }) => offset)
            .toReversed(),
        );
      }
      for (const { partition, offset } of shown.slice(0, 3)) {
        assert.equal((await deadLetterAt({ partition, offset }, dependencies))?.offset, offset);
      }
    }),
    { numRuns: 200 },
  );
});

type Steps = readonly (readonly { readonly gap: number; readonly later: number }[])[];

function recordsOf(steps: Steps, partition: number): IncomingRecord[] {
  let [offset, timestampMs] = [-1, 0];
  return (steps[partition] ?? []).map(({ gap, later }) => {
    offset += gap;
    timestampMs += later;
    return { partition, offset, timestampMs, key: null, value: null, headers: {} };
  });
}

/** Answers at most three records of a partition at a time, and passes over gaps as the log does. */
function logOf(steps: Steps, gapAtEnd: number): GatewayLog {
  const endOf = (partition: number) => (recordsOf(steps, partition).at(-1)?.offset ?? -1) + 1 + gapAtEnd;
  return {
    append: () => Promise.reject(new Error('nothing is written here')),
    offsets: ({ partition }) => Promise.resolve({ start: 0, end: endOf(partition) }),
    openReader: (from) => {
      const next = new Map(from.map(({ partition, offset }) => [partition, offset]));
      return {
        read: () => {
          const batches = [...next].map(([partition, offset]) => {
            const left = recordsOf(steps, partition).filter((record) => record.offset >= offset);
            const records = left.slice(0, 3);
            const nextOffset = left.length > 3 ? (records.at(-1)?.offset ?? offset) + 1 : endOf(partition);
            next.set(partition, nextOffset);
            return { partition, records, nextOffset };
          });
          return Promise.resolve(batches);
        },
        close: () => Promise.resolve(),
      };
    },
  };
}
