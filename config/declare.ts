// How an environment variable is declared.
import type { ValueKind } from './value-kinds.ts';

export interface Declared<T> {
  readonly name: string;
  readonly group: Group;
  readonly doc: string;
  /** As one would write it in the environment. */
  readonly default: string;
  readonly kind: ValueKind<T>;
  /** Can also be given as the name of a file, in `<name>_FILE`; its value is never shown. */
  readonly secret?: true;
}

export const groups = [
  'Serving',
  'Storage',
  'Kafka',
  'Schema registry',
  'Redis',
  'Demo',
  'Processing',
  'Limits of requests',
  'Logging',
  'Traces',
] as const;
export type Group = (typeof groups)[number];

export function setting<T>(group: Group, name: string, byDefault: string, kind: ValueKind<T>) {
  return (doc: string): Declared<T> => ({ group, name, default: byDefault, kind, doc });
}

export function secret<T>(group: Group, name: string, byDefault: string, kind: ValueKind<T>) {
  return (doc: string): Declared<T> => ({ group, name, default: byDefault, kind, doc, secret: true });
}
