// How interactions, items and customers become records of the log.
import { customers, interactions, items } from '../schemas/topics.ts';
import type { CustomerUpdate, Interaction, Item } from '../schemas/types.ts';
import { physicalName } from '../streams/index.ts';
import type { NewRecord } from '../streams/log/log.ts';

export type Imported =
  | { readonly target: 'interactions'; readonly value: Interaction }
  | { readonly target: 'items'; readonly value: Item }
  | { readonly target: 'customers'; readonly value: CustomerUpdate };

/** @throws Error when the value does not fit its schema. */
export function recordOf(prefix: string, imported: Imported): NewRecord {
  const { key, value, timestampMs } = encoded(imported);
  return { topic: physicalName(prefix, imported.target), key: Buffer.from(key), value, timestampMs };
}

function encoded(imported: Imported): { key: string; value: Buffer; timestampMs: number } {
  const { target, value } = imported;
  switch (target) {
    case 'interactions':
      return { key: value.customer_id, value: interactions.codec.encode(value), timestampMs: value.received_at };
    case 'items':
      return { key: value.item_id, value: items.codec.encode(value), timestampMs: value.updated_at };
    case 'customers':
      return { key: value.customer_id, value: customers.codec.encode(value), timestampMs: value.updated_at };
  }
}
