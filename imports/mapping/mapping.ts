// A mapping: how the lines of a file become interactions, items or customers. Written in YAML, checked before anything is read.
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { ImportRefused } from '../errors.ts';
import { columnsOf, flagRule, listRule, numberRule, textRule, textsRule, timeRule, type TextRule } from './rule.ts';

const format = z
  .strictObject({
    type: z.enum(['csv', 'tsv', 'jsonl']),
    /** One character. */
    delimiter: z.string().length(1).optional(),
    /** Whether the first line names the columns. With `columns` it is skipped. */
    header: z.boolean().optional(),
    /** Names of the columns of a file without a header. */
    columns: z.array(z.string().min(1)).min(1).optional(),
    /** Whether fields may stand in double quotes. */
    quotes: z.boolean().optional(),
    encoding: z.enum(['utf-8', 'latin1']).default('utf-8'),
  })
  .refine((given) => given.type === 'jsonl' || given.header !== false || given.columns !== undefined, {
    message: 'a file without a header needs `columns`',
    path: ['columns'],
  })
  .refine((given) => given.type !== 'jsonl' || (given.columns ?? given.delimiter ?? given.quotes) === undefined, {
    message: 'JSON lines have no columns, delimiter or quotes',
  });

const condition = z
  .strictObject({
    column: z.string().min(1),
    equals: z.union([z.string(), z.number(), z.boolean()]).optional(),
    not: z.union([z.string(), z.number(), z.boolean()]).optional(),
    in: z.array(z.union([z.string(), z.number()])).optional(),
    above: z.number().optional(),
    below: z.number().optional(),
    present: z.boolean().optional(),
  })
  .refine((given) => Object.keys(given).length > 1, {
    message: 'give a test: equals, not, in, above, below or present',
  });

const shared = {
  format,
  /** Stands before every customer and item id, so that data sets don't get mixed up. */
  key_prefix: z.string().default(''),
  /** Only lines that pass all of these are imported; the others are counted as left out. */
  when: z.array(condition).default([]),
};

const interactionsMapping = z.strictObject({
  ...shared,
  target: z.literal('interactions'),
  fields: z.strictObject({
    customer_id: textRule,
    timestamp: timeRule,
    event_type: textRule,
    interaction_id: textRule.optional(),
    item_id: textRule.optional(),
    channel: textRule.optional(),
    context: textsRule.default({}),
    session_id: textRule.optional(),
    value: numberRule.optional(),
    quantity: numberRule.optional(),
    currency: textRule.optional(),
    recommendation_id: textRule.optional(),
    position: numberRule.optional(),
    campaign_id: textRule.optional(),
    anonymous_id: textRule.optional(),
  }),
});

const itemsMapping = z.strictObject({
  ...shared,
  target: z.literal('items'),
  fields: z.strictObject({
    item_id: textRule,
    updated_at: timeRule.optional(),
    title: textRule.optional(),
    description: textRule.optional(),
    categories: z.union([z.array(textRule), listRule]).optional(),
    brand: textRule.optional(),
    tags: z.union([z.array(textRule), listRule]).optional(),
    price: numberRule.optional(),
    cost: numberRule.optional(),
    url: textRule.optional(),
    image_url: textRule.optional(),
    in_stock: flagRule.optional(),
    hidden: flagRule.optional(),
    published_at: timeRule.optional(),
    expires_at: timeRule.optional(),
    attributes: textsRule.default({}),
  }),
});

const customersMapping = z.strictObject({
  ...shared,
  target: z.literal('customers'),
  fields: z.strictObject({
    customer_id: textRule,
    updated_at: timeRule.optional(),
    age: numberRule.optional(),
    gender: textRule.optional(),
    location: textRule.optional(),
    language: textRule.optional(),
    preferences: textsRule.default({}),
    consent: flagRule.optional(),
    segment: textRule.optional(),
  }),
});

const mapping = z.discriminatedUnion('target', [interactionsMapping, itemsMapping, customersMapping]);

export type InteractionsMapping = z.output<typeof interactionsMapping>;
export type ItemsMapping = z.output<typeof itemsMapping>;
export type CustomersMapping = z.output<typeof customersMapping>;
export type Mapping = z.output<typeof mapping>;
export type Condition = z.output<typeof condition>;

/** @throws ImportRefused that names every problem of the mapping. */
export function parseMapping(text: string, name: string): Mapping {
  const result = mapping.safeParse(parseYaml(text, name));
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `  - ${issue.path.join('.') || 'the whole'}: ${issue.message}`);
  throw new ImportRefused(`The mapping ${name} can't be used:\n${problems.join('\n')}`);
}

/** Every column that a mapping reads. */
export function columnsRead({ fields, when }: Mapping): Set<string> {
  const rules = Object.values(fields).flatMap(rulesIn);
  return new Set([...rules.flatMap(columnsOf), ...when.map(({ column }) => column)]);
}

function parseYaml(text: string, name: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new ImportRefused(`The mapping ${name} is no valid YAML: ${error.message}`, { cause: error });
  }
}

/** A field has one rule, a list of them, or one by name. */
function rulesIn(field: unknown): TextRule[] {
  if (field === undefined) return [];
  if (Array.isArray(field)) return field as TextRule[];
  const isRule = 'unmapped' in (field as object) && typeof (field as TextRule).unmapped === 'string';
  return isRule ? [field as TextRule] : Object.values(field as Record<string, TextRule>);
}
