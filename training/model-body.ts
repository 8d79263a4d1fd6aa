// The record of a trained model as it travels to a server: JSON, checked field by field on arrival.
import { z } from 'zod';
import type { Model } from '../schemas/types.ts';
import { wireCount, wireTime } from '../schemas/wire-types.ts';
import { versions } from './model-record.ts';

const numbers = z.record(z.string(), z.number());

export const modelBody = z.object({
  name: z.literal('recommend'),
  version: z.string().regex(versions).describe('Unique; letters, digits, dots, hyphens, underscores.'),
  algorithm: z.string().min(1),
  created_at: wireTime.describe('Milliseconds since 1970, as all times here.'),
  promoted_at: wireTime.nullable().describe('null: it is kept, and not used.'),
  artefact_format: z.int32().min(0),
  file: z.string().min(1).describe('Name of the artefact in the folder of models.'),
  bytes: wireCount,
  sha256: z.string().regex(/^[0-9a-f]{64}$/).describe('Of the whole file, in hexadecimal.'), // prettier-ignore
  trained_until: wireTime.describe('Time of the newest interaction it knows.'),
  positions: z.record(z.string(), wireCount),
  customers: wireCount,
  items: wireCount,
  interactions: wireCount,
  quarantined_customers: wireCount,
  parameters: numbers,
  metrics: numbers,
  champion: z.string().nullable().describe('What it was measured against.'),
}) satisfies z.ZodType<Model>;

/** The same as JSON Schema 2020-12, for the API's document. */
export const { $schema: _, ...modelSchema } = z.toJSONSchema(modelBody, { io: 'input' });
