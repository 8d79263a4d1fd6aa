// A stage: processors that share a key, run in one task per partition and commit in one transaction per batch.
import { Misconfigured } from './errors.ts';
import { isRekeyed, type AnyProcessor } from './processor.ts';
import type { LookupDefinition } from './lookup.ts';
import type { TableDefinition, TopicDefinition } from './topic.ts';

export interface StageDefinition {
  readonly name: string;
  readonly processors: readonly AnyProcessor[];
  /** How long records may wait for others to share a transaction with, while they keep coming. */
  readonly lingerMs: number;
  /** What the stage reads from the log: inputs that no earlier processor of the stage hands over. By logical name. */
  readonly inputs: ReadonlyMap<string, TopicDefinition<unknown>>;
  readonly tables: ReadonlyMap<string, TableDefinition<unknown>>;
  readonly lookups: ReadonlyMap<string, LookupDefinition<unknown>>;
  /** Every topic the stage writes, its tables included. By logical name. */
  readonly outputs: ReadonlyMap<string, TopicDefinition<unknown>>;
}

/**
 * Fuses processors into a stage, in the order in which an event passes them. With `lingerMs` (0 by default) it commits at most once in
 * so long while it is not full: for what may be that much behind.
 *
 * @throws Misconfigured when two processors keep the same table, a name is used twice, a processor reads what a later one
 * writes, or conflates an input from the log.
 */
export function stage(
  name: string,
  processors: readonly AnyProcessor[],
  { lingerMs = 0 }: { readonly lingerMs?: number } = {},
): StageDefinition {
  const writers = new Map<string, number>();
  const tables = new Map<string, TableDefinition<unknown>>();
  const outputs = new Map<string, TopicDefinition<unknown>>();
  processors.forEach((processor, index) => {
    if (processors.findIndex((other) => other.name === processor.name) !== index) {
      throw new Misconfigured(`stage ${name}: two processors are named ${processor.name}; rename one`);
    }
    for (const table of Object.values(processor.keeps as Record<string, TableDefinition<unknown>>)) {
      if (tables.has(table.name)) {
        throw new Misconfigured(
          `stage ${name}: table ${table.name} is kept twice; only one processor can keep a table`,
        );
      }
      tables.set(table.name, table);
    }
    for (const table of Object.values(processor.joins as Record<string, TableDefinition<unknown>>)) {
      if (!tables.has(table.name)) {
        throw new Misconfigured(
          `stage ${name}: ${processor.name} joins ${table.name}, which no earlier processor of the stage keeps`,
        );
      }
    }
    for (const topic of written(processor)) {
      outputs.set(topic.name, topic);
      if (!writers.has(topic.name) && !isRekeyed(processor, topic.name)) writers.set(topic.name, index);
    }
  });
  const inputs = inputsOf(name, processors, writers);
  const lookups = new Map<string, LookupDefinition<unknown>>();
  for (const processor of processors) {
    for (const lookup of Object.values(processor.looksUp as Record<string, LookupDefinition<unknown>>)) {
      lookups.set(lookup.name, lookup);
    }
  }
  return Object.freeze({ name, processors, lingerMs, inputs, tables, lookups, outputs });
}

function written(processor: AnyProcessor): TopicDefinition<unknown>[] {
  return [...Object.values(processor.keeps), ...Object.values(processor.writes)] as TopicDefinition<unknown>[];
}

function inputsOf(
  name: string,
  processors: readonly AnyProcessor[],
  writers: ReadonlyMap<string, number>,
): Map<string, TopicDefinition<unknown>> {
  const inputs = new Map<string, TopicDefinition<unknown>>();
  processors.forEach((processor, index) => {
    for (const [input, topic] of Object.entries(processor.reads as Record<string, TopicDefinition<unknown>>)) {
      const writer = writers.get(topic.name);
      if (writer !== undefined && writer >= index) {
        throw new Misconfigured(
          `stage ${name}: ${processor.name} reads ${topic.name}, which ${processors[writer]?.name} writes after it; put the writer first`,
        );
      }
      if (writer === undefined) inputs.set(topic.name, topic);
      if (writer === undefined && processor.conflates.includes(input)) {
        throw new Misconfigured(
          `stage ${name}: ${processor.name} conflates ${topic.name}, which no earlier processor of the stage writes`,
        );
      }
    }
  });
  return inputs;
}
