// A chunk as it travels to a server: JSON, checked field by field on arrival.
import { z } from 'zod';
import type { CustomerUpdate, ImportProgress, Interaction, Item } from '../schemas/types.ts';
import { wireCount, wireTime } from '../schemas/wire-types.ts';
import { wrongFieldsOf, type WrongField } from '../schemas/wrong-fields.ts';
import type { ImportChunk } from './chunk.ts';

const text = z.string().nullable();
const texts = z.record(z.string(), z.string());

const interaction = z.strictObject({
  interaction_id: z.string().min(1),
  customer_id: z.string().min(1),
  timestamp: wireTime,
  received_at: wireTime,
  event_type: z.string().min(1),
  item_id: text,
  channel: text,
  context: texts,
  session_id: text,
  value: z.number().nullable(),
  quantity: z.number(),
  currency: text,
  recommendation_id: text,
  position: z.number().int().nullable().default(null),
  campaign_id: text,
  anonymous_id: text,
  backfill: z.boolean(),
}) satisfies z.ZodType<Interaction>;

const item = z.strictObject({
  item_id: z.string().min(1),
  updated_at: wireTime,
  title: text,
  description: text,
  categories: z.array(z.string()),
  brand: text,
  tags: z.array(z.string()),
  price: z.number().nullable(),
  cost: z.number().nullable(),
  url: text,
  image_url: text,
  in_stock: z.boolean(),
  hidden: z.boolean(),
  published_at: wireTime.nullable(),
  expires_at: wireTime.nullable(),
  attributes: texts,
}) satisfies z.ZodType<Item>;

const customer = z.strictObject({
  customer_id: z.string().min(1),
  updated_at: wireTime,
  age: wireCount.nullable(),
  gender: text,
  location: text,
  language: text,
  preferences: texts,
  consent: z.boolean(),
  segment: text,
  erased_at: wireTime.nullable().default(null),
}) satisfies z.ZodType<CustomerUpdate>;

const imported = z.discriminatedUnion('target', [
  z.strictObject({ target: z.literal('interactions'), value: interaction }),
  z.strictObject({ target: z.literal('items'), value: item }),
  z.strictObject({ target: z.literal('customers'), value: customer }),
]);

const chunkBody = z.strictObject({
  file: z.string(),
  from_line: wireCount,
  to_line: wireCount,
  to_byte: wireCount,
  rejected: wireCount,
  finished: z.boolean(),
  records: z.array(imported),
});

export const importProgress = z.object({
  import_id: z.string(),
  file: z.string(),
  lines: wireCount,
  accepted: wireCount,
  rejected: wireCount,
  bytes: wireCount,
  finished: z.boolean(),
  updated_at: wireTime,
}) satisfies z.ZodType<ImportProgress>;

export function encodeChunk(chunk: ImportChunk): string {
  const body: z.input<typeof chunkBody> = {
    file: chunk.file,
    from_line: chunk.fromLine,
    to_line: chunk.toLine,
    to_byte: chunk.toByte,
    rejected: chunk.rejected,
    finished: chunk.finished,
    records: [...chunk.imported],
  };
  return JSON.stringify(body);
}

/** The same as JSON Schema 2020-12, for the API's document. */
export const { $schema: _, ...chunkSchema } = z.toJSONSchema(chunkBody, { io: 'input' });

/** The chunk, or what is wrong with the body. */
export function decodeChunk(importId: string, body: unknown): ImportChunk | { readonly errors: readonly WrongField[] } {
  const result = chunkBody.safeParse(body);
  if (!result.success) return { errors: wrongFieldsOf(result.error) };
  const { file, from_line: fromLine, to_line: toLine, to_byte: toByte, rejected, finished, records } = result.data;
  if (toLine < fromLine) return { errors: [{ pointer: '/to_line', detail: 'must not be before from_line.' }] };
  return { importId, file, fromLine, toLine, toByte, imported: records, rejected, finished };
}
