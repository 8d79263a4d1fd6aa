// What a handler sees of the task: only what its processor declared.
import { RecordRejected } from './errors.ts';
import type { Offset, Partition } from './log/log.ts';
import type { AnyProcessor, Output, TableAccess, TableReading } from './processor.ts';
import { hash32, seededRandom } from './random.ts';
import type { LookupViews, TaskCore } from './task-core.ts';
import type { TopicDefinition } from './topic.ts';
import { KEY_BYTES_MAX } from './store/store.ts';

/** One per processor and task; it reads the running event from the task's core. */
export class HandlerContext {
  readonly tables: Record<string, TableAccess<unknown>> = {};
  readonly joins: Record<string, TableReading<unknown>> = {};
  readonly lookups: Record<string, unknown> = {};
  readonly out: Record<string, Output<unknown>> = {};
  readonly partition: Partition;
  readonly #core: TaskCore;
  readonly #versions: () => Record<string, number>;

  constructor(core: TaskCore, processor: AnyProcessor, index: number, views: LookupViews) {
    this.#core = core;
    this.partition = core.partition;
    for (const [name, table] of Object.entries(processor.keeps as Record<string, TopicDefinition<unknown>>)) {
      this.tables[name] = tableAccess(core, index, table.name);
    }
    for (const [name, table] of Object.entries(processor.joins as Record<string, TopicDefinition<unknown>>)) {
      this.joins[name] = {
        get: (key) => core.tableState(table.name).get(key, core.streamTimeMs) as Readonly<unknown> | undefined,
      };
    }
    for (const [name, topic] of Object.entries(processor.writes as Record<string, TopicDefinition<unknown>>)) {
      this.out[name] = {
        send: (key, value) => {
          checkKey(key);
          core.send(index, topic, key, value);
        },
      };
    }
    const lookups = Object.entries(processor.looksUp as Record<string, { name: string }>);
    for (const [name, lookup] of lookups) {
      Object.defineProperty(this.lookups, name, { enumerable: true, get: () => views.view(lookup.name) });
    }
    this.#versions = () => Object.fromEntries(lookups.map(([, lookup]) => [lookup.name, views.version(lookup.name)]));
  }

  get streamTimeMs(): number {
    return this.#core.streamTimeMs;
  }

  position(topic: string): Offset {
    const source = this.#core.event?.source;
    const next = this.#core.nextOffset(topic);
    return source?.topic === topic ? Math.max(next, source.offset + 1) : next;
  }

  lookupVersions(): Record<string, number> {
    return this.#versions();
  }

  random(): number {
    const event = this.#core.event;
    const source = event?.source;
    this.#drawn = this.#drawnFor === event ? this.#drawn : undefined;
    this.#drawnFor = event;
    this.#drawn ??= seededRandom(hash32(`${source?.topic}/${source?.partition}/${source?.offset}`));
    return this.#drawn();
  }

  reject(reason: string, message: string): never {
    throw new RecordRejected(reason, message);
  }

  count(reason: string): void {
    this.#core.count(reason);
  }

  #drawn: (() => number) | undefined;
  #drawnFor: unknown;
}

function tableAccess(core: TaskCore, processor: number, table: string): TableAccess<unknown> {
  return {
    get: (key) => core.readTable(table, key),
    set: (key, value) => {
      checkKey(key);
      core.writeTable(processor, table, key, value);
    },
    delete: (key) => core.writeTable(processor, table, key, undefined),
  };
}

/** UTF-8 has at most three bytes per UTF-16 unit, so most keys need no exact count. */
function checkKey(key: string): void {
  if (key.length * 3 <= KEY_BYTES_MAX || Buffer.byteLength(key) <= KEY_BYTES_MAX) return;
  throw new RecordRejected(
    'key_too_long',
    `a key may have ${KEY_BYTES_MAX} bytes; this one has ${Buffer.byteLength(key)}`,
  );
}
