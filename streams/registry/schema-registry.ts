// The schema registry: under which number a schema is known, and which changes of a schema are accepted.
//
// Two implementations stand behind this port: the folder `schemas/` with its history, and `confluent.ts` for servers with Confluent's
// API. Both pass `schema-registry.contract.ts`.
import type { Schema } from 'avsc';

/** New versions must read what all former ones wrote. */
export const BACKWARD_TRANSITIVE = 'BACKWARD_TRANSITIVE';

/** What a registry answers to an id: the schema, or why there is none that could be used. */
export type FoundSchema =
  { readonly schema: Schema } | { readonly reason: 'unknown_schema' | 'unusable_schema'; readonly message: string };

/**
 * Every call may throw DependencyUnavailable (away, too slow, out of order: nobody knows whether the schema exists) or Misconfigured
 * (it does not let us in, or is no schema registry). An answer is only given when the registry itself has given it.
 */
export interface SchemaRegistry {
  /** The schema of an id. Servers number all schemas together; the folder numbers those of each subject. */
  schemaOf(id: number, subject: string): Promise<FoundSchema>;

  /** The id of this very schema under the subject; undefined when it is not registered there. */
  idOf(subject: string, schema: Schema): Promise<number | undefined>;

  /** Why the schema could not be registered, in a sentence; undefined when it could. Nothing is changed. */
  refusalOf(subject: string, schema: Schema): Promise<string | undefined>;

  /**
   * Makes the schema the newest version of the subject, and answers its id. One that is registered already keeps its id.
   *
   * @throws SchemaRefused with the registry's reason.
   */
  register(subject: string, schema: Schema): Promise<number>;

  /** The rule for new versions that was set for the subject; undefined when none was. */
  compatibilityOf(subject: string): Promise<string | undefined>;

  setCompatibility(subject: string, level: string): Promise<void>;
}

/** The registry does not accept a schema. Verdict: say why; the schema has to change. */
export class SchemaRefused extends Error {
  readonly kind = 'SchemaRefused';
}

/** Confluent's name for the subject of a topic's values. */
export function subjectOf(topic: string): string {
  return `${topic}-value`;
}
