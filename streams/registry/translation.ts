// Between the numbers on a broker (ids of a registry) and those of this program (versions kept with the topics): what each id that
// was met means, so that values can be translated without asking.
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import type { VersionedSchemas } from '../codec.ts';
import { DependencyUnavailable, Misconfigured } from '../errors.ts';
import type { LogRecord, NewRecord } from '../log/log.ts';
import { deadLetters, physicalName, type TopicDefinition } from '../topic.ts';
import { subjectOf, type FoundSchema, type SchemaRegistry } from './schema-registry.ts';
import { schemaNumber, unreadable, withSchemaNumber } from './wire-format.ts';

export interface TranslationOptions {
  readonly registry: SchemaRegistry;
  readonly topics: readonly TopicDefinition<unknown>[];
  readonly prefix: string;
  readonly clock: Clock;
}

/** Ids remembered beside those of our own schemas. Each can hold a compiled reader. */
const IDS_MAX = 1_000;
/** An id that the registry did not know may be registered later: then ask again. */
const UNKNOWN_FOR_MS = 60_000;
/** Ids asked for at one time. */
const LOOKUPS_AT_ONCE = 8;

/** What an id means for the values of one topic. */
type Meaning =
  | { readonly version: number }
  | { readonly convert: (value: Buffer) => Buffer }
  | { readonly refused: NonNullable<LogRecord['refused']>; readonly untilMs: number };

interface KnownTopic {
  readonly subject: string;
  readonly schemas: VersionedSchemas;
  readonly idByVersion: ReadonlyMap<number, number>;
  readonly versionById: ReadonlyMap<number, number>;
}

interface Id {
  readonly topic: KnownTopic;
  readonly id: number;
}

export class Translation {
  readonly #registry: SchemaRegistry;
  readonly #clock: Clock;
  readonly #deadLetters: string;
  /** By physical name. Topics that are not in Avro are left as they are. */
  readonly #topics: ReadonlyMap<string, KnownTopic>;
  readonly #meanings = new LRUCache<string, Meaning>({ max: IDS_MAX });
  readonly #asked = new Map<string, Promise<Meaning>>();

  /**
   * Asks the registry for the ids of our own schemas.
   *
   * @throws Misconfigured when one that is written is not registered.
   * @throws DependencyUnavailable when the registry is away.
   */
  static async open(options: TranslationOptions): Promise<Translation> {
    const known = new Map<string, KnownTopic>();
    // One after the other: a registry that has just started is slow, and must not be taken for away.
    for (const { name, codec } of options.topics) {
      const topic = physicalName(options.prefix, name);
      if (codec.schemas !== undefined) known.set(topic, await knownTopic(options.registry, topic, codec.schemas));
    }
    return new Translation(options, known);
  }

  private constructor({ registry, clock, prefix }: TranslationOptions, topics: ReadonlyMap<string, KnownTopic>) {
    this.#registry = registry;
    this.#clock = clock;
    this.#topics = topics;
    this.#deadLetters = physicalName(prefix, deadLetters);
  }

  /** As it is to stand in the log. A dead letter holds what stood there. */
  toLog(record: NewRecord): NewRecord {
    const topic = this.#topics.get(record.topic);
    const version = topic && record.value ? schemaNumber(record.value) : undefined;
    if (topic === undefined || record.value === null || version === undefined) return record;
    const id = topic.idByVersion.get(version);
    if (id === undefined) throw notRegistered(topic.subject, version);
    return { ...record, value: withSchemaNumber(record.value, id) };
  }

  /** As this program reads them; undefined when an id has to be looked up first. */
  translateNow(records: readonly LogRecord[]): LogRecord[] | undefined {
    const translated: LogRecord[] = [];
    for (const record of records) {
      const id = this.#idOf(record);
      const meaning = id && this.#meaningOf(id);
      if (id !== undefined && meaning === undefined) return undefined;
      translated.push(meaning === undefined ? record : read(record, meaning));
    }
    return translated;
  }

  /**
   * As this program reads them, after looking up what has to be known. What the registry says it does not know is an answer too,
   * unless it has lost our own schemas as well.
   *
   * @throws DependencyUnavailable when the registry can't be asked, whatever the cause: nothing may be given up for that.
   */
  async translate(records: readonly LogRecord[]): Promise<LogRecord[]> {
    const met = new Map<string, Id>();
    for (const record of records) {
      const id = this.#idOf(record);
      if (id !== undefined) met.set(keyOf(id), id);
    }
    // Kept here too: the cache may be too small for all of them.
    const meanings = new Map<string, Meaning>();
    const wanted = [...met];
    for (let from = 0; from < wanted.length; from += LOOKUPS_AT_ONCE) {
      await Promise.all(
        wanted.slice(from, from + LOOKUPS_AT_ONCE).map(async ([key, id]) => {
          meanings.set(key, this.#meaningOf(id) ?? (await this.#lookUpOnce(key, id)));
        }),
      );
    }
    return records.map((record) => {
      const id = this.#idOf(record);
      const meaning = id && meanings.get(keyOf(id));
      return meaning === undefined ? record : read(record, meaning);
    });
  }

  #idOf(record: LogRecord): Id | undefined {
    const topic = this.#topicOf(record);
    const id = topic && record.value ? schemaNumber(record.value) : undefined;
    return topic === undefined || id === undefined ? undefined : { topic, id };
  }

  /** Dead letters say of which topic they are. */
  #topicOf({ topic, headers }: LogRecord): KnownTopic | undefined {
    return this.#topics.get(topic === this.#deadLetters ? (headers['freshet.topic'] ?? '') : topic);
  }

  #meaningOf({ topic, id }: Id): Meaning | undefined {
    const version = topic.versionById.get(id);
    if (version !== undefined) return { version };
    const meaning = this.#meanings.get(keyOf({ topic, id }));
    return meaning !== undefined && 'untilMs' in meaning && this.#clock.nowMs() > meaning.untilMs ? undefined : meaning;
  }

  /** Whoever needs the same id at the same time waits for the same answer. */
  #lookUpOnce(key: string, id: Id): Promise<Meaning> {
    const asked =
      this.#asked.get(key) ??
      this.#lookUp(key, id)
        .catch((error: unknown) => {
          throw error instanceof Misconfigured ? away(error.message, error) : error;
        })
        .finally(() => this.#asked.delete(key));
    this.#asked.set(key, asked);
    return asked;
  }

  async #lookUp(key: string, { topic, id }: Id): Promise<Meaning> {
    const found = await this.#registry.schemaOf(id, topic.subject);
    if ('reason' in found && found.reason === 'unknown_schema') await this.#makeSureOf(topic);
    const meaning = this.#meaningFrom(found, topic, id);
    this.#meanings.set(key, meaning);
    return meaning;
  }

  /** A registry that was emptied, or is another one, knows no id: that says nothing about the records. */
  async #makeSureOf({ subject, schemas, idByVersion }: KnownTopic): Promise<void> {
    const ours = schemas.versions.find(({ version }) => version === schemas.written);
    if (ours && (await this.#registry.idOf(subject, ours.schema)) === idByVersion.get(ours.version)) return;
    throw away(
      `The schema registry no longer has the schemas of ${subject}: it was emptied or is another one. Restore it.`,
    );
  }

  #meaningFrom(found: FoundSchema, topic: KnownTopic, id: number): Meaning {
    const refused = (reason: string, message: string): Meaning => ({
      refused: { reason, message },
      untilMs: this.#clock.nowMs() + UNKNOWN_FOR_MS,
    });
    if ('reason' in found) return refused(found.reason, found.message);
    try {
      return { convert: topic.schemas.converter(found.schema) };
    } catch (error) {
      return refused('unusable_schema', `schema id ${id} can't become ${topic.subject}: ${messageOf(error)}`);
    }
  }
}

async function knownTopic(registry: SchemaRegistry, topic: string, schemas: VersionedSchemas): Promise<KnownTopic> {
  const subject = subjectOf(topic);
  const ids = await Promise.all(
    schemas.versions.map(async ({ version, schema }) => ({ version, id: await registry.idOf(subject, schema) })),
  );
  const registered = ids.flatMap(({ version, id }) => (id === undefined ? [] : [[version, id] as const]));
  if (!registered.some(([version]) => version === schemas.written)) throw notRegistered(subject, schemas.written);
  return {
    subject,
    schemas,
    idByVersion: new Map(registered),
    versionById: new Map(registered.map(([version, id]) => [id, version])),
  };
}

function read(record: LogRecord, meaning: Meaning): LogRecord {
  const original = record.value as Buffer; // only values have a meaning
  if ('version' in meaning) return { ...record, value: withSchemaNumber(original, meaning.version), original };
  if ('refused' in meaning) return { ...record, value: unreadable(original), original, refused: meaning.refused };
  try {
    return { ...record, value: meaning.convert(original), original };
  } catch (error) {
    const refused = { reason: 'undecodable', message: messageOf(error) };
    return { ...record, value: unreadable(original), original, refused };
  }
}

function notRegistered(subject: string, version: number): Misconfigured {
  return new Misconfigured(
    `Version ${version} of ${subject} is not in the schema registry: run freshet schemas apply.`,
  );
}

function away(message: string, cause?: Error): DependencyUnavailable {
  return new DependencyUnavailable('schema registry', message, { cause });
}

function keyOf({ topic, id }: Id): string {
  return `${topic.subject}/${id}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
