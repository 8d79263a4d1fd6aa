// Events as a producer writes them that is ahead of this version: one field more, with a default.
import type { Schema } from 'avsc';
import { compile } from '../../schemas/compile.ts';
import { plainInteraction } from '../../schemas/plain-interaction.ts';
import { currentSchema } from '../../schemas/schema-files.ts';
import { interactions } from '../../schemas/topics.ts';
import type { Interaction } from '../../schemas/types.ts';
import { HEADER_BYTES, partitionOf, physicalName } from '../../streams/index.ts';
import type { NewRecord } from '../../streams/log/log.ts';

export const START_MS = Date.UTC(2026, 0, 1);

/** `field` makes it another schema than that of a test beside it. */
export function newerSchema(field: string): Schema {
  const schema = structuredClone(currentSchema('interactions')) as { fields: object[] };
  schema.fields.push({ name: field, type: 'string', default: '' });
  return schema as Schema;
}

export function view(customer_id: string, number: number): Interaction {
  return plainInteraction({
    interaction_id: `${customer_id}-${number}`,
    customer_id,
    timestamp: START_MS + number * 1_000,
    event_type: 'view',
    item_id: `item-${number}`,
    channel: 'web',
  });
}

/** As it stands on a broker: with the id under which the producer has registered its schema. */
export function foreign(prefix: string, partitions: number, id: number, schema: Schema, event: Interaction): NewRecord {
  const key = Buffer.from(event.customer_id);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(id, 1);
  const value = Buffer.concat([header, compile(schema).toBuffer(event)]);
  const topic = physicalName(prefix, interactions.name);
  return { topic, partition: partitionOf(key, partitions), key, value, timestampMs: event.received_at };
}
