// One rule of a mapping: where a field's value comes from and how its text is read.
import { z } from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** What every rule may say. Exactly one of `column`, `template` and `constant`. */
const origin = {
  /** A column; in JSON lines, a path such as `user.id`. */
  column: z.string().min(1).optional(),
  /** Text around columns: `{basket}-{product_id}`. Missing when one of them is. */
  template: z.string().min(1).optional(),
  constant: scalar.optional(),
  /** Taken when the value is missing. */
  default: scalar.optional(),
  /** Replaces values: `{ M: male, F: female }`. */
  map: z.record(z.string(), scalar.nullable()).optional(),
  /** What happens to a value that `map` doesn't have. */
  unmapped: z.enum(['reject', 'keep', 'none']).default('reject'),
};

const numberOptions = { decimal: z.enum(['.', ',']).default('.') };
const timeOptions = {
  /** For numbers: what they count since 1970. */
  unit: z.enum(['s', 'ms', 'us']).optional(),
  /** For text: `iso`, or a pattern such as `dd.MM.yyyy HH:mm:ss`. */
  format: z.string().min(1).optional(),
  /** For text without a zone of its own: `Z` or `+02:00`. */
  offset: z
    .string()
    .regex(/^(Z|[+-]\d\d:\d\d)$/, 'give Z or an offset such as +02:00')
    .default('Z'),
};

export const textRule = rule(origin);
export const numberRule = rule({ ...origin, ...numberOptions });
export const flagRule = rule(origin);
export const listRule = rule({ ...origin, separator: z.string().min(1).default(',') });
export const timeRule = rule({ ...origin, ...timeOptions });
/** A field of names and texts: each name has a rule of its own. */
export const textsRule = z.record(z.string().min(1), textRule);

export type TextRule = z.output<typeof textRule>;
export type NumberRule = z.output<typeof numberRule>;
export type FlagRule = z.output<typeof flagRule>;
export type ListRule = z.output<typeof listRule>;
export type TimeRule = z.output<typeof timeRule>;
export type TextsRule = z.output<typeof textsRule>;

/** The columns that a rule reads. */
export function columnsOf({ column, template }: TextRule): string[] {
  if (column !== undefined) return [column];
  return [...(template ?? '').matchAll(placeholder)].map((match) => match[1] ?? '');
}

export const placeholder = /\{([^{}]+)\}/g;

/** A text alone stands for a column. */
function rule<S extends typeof origin>(shape: S) {
  const full = z.strictObject(shape).refine(hasOneOrigin, 'give exactly one of column, template and constant');
  return z.preprocess((given) => (typeof given === 'string' ? { column: given } : given), full);
}

function hasOneOrigin(value: object): boolean {
  const given = value as { column?: unknown; template?: unknown; constant?: unknown };
  return [given.column, given.template, given.constant].filter((each) => each !== undefined).length === 1;
}
