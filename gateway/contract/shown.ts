// JSON Schemas of what answers hold. Unlike the kinds of what comes in, nothing is read by them: tests hold every answer against them.
import type { JsonSchema } from './json-schema.ts';

type Fields = Readonly<Record<string, JsonSchema>>;

/** `sometimes`: fields that an answer may lack. */
export function shape(always: Fields, sometimes: Fields = {}): JsonSchema {
  return { type: 'object', required: Object.keys(always), properties: { ...always, ...sometimes } };
}

export function list(items: JsonSchema, description?: string): JsonSchema {
  return { type: 'array', items, ...(description !== undefined && { description }) };
}

/** Values by names that are data. */
export function mapOf(values: JsonSchema, description?: string): JsonSchema {
  return { type: 'object', additionalProperties: values, ...(description !== undefined && { description }) };
}

export function text(description?: string): JsonSchema {
  return { type: 'string', ...(description !== undefined && { description }) };
}

export function choice(values: readonly string[], description?: string): JsonSchema {
  return { type: 'string', enum: values, ...(description !== undefined && { description }) };
}

export function number(description?: string): JsonSchema {
  return { type: 'number', ...(description !== undefined && { description }) };
}

export function whole(description?: string): JsonSchema {
  return { type: 'integer', ...(description !== undefined && { description }) };
}

export function flag(description?: string): JsonSchema {
  return { type: 'boolean', ...(description !== undefined && { description }) };
}

export function time(description?: string): JsonSchema {
  return { type: 'string', format: 'date-time', ...(description !== undefined && { description }) };
}
