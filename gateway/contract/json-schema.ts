// JSON Schema 2020-12 as plain data, with names for what the document lists under components.

export type JsonSchema = { readonly [keyword: string]: unknown };

const componentName: unique symbol = Symbol('name of the component');

/** The document refers to it by this name instead of repeating it. */
export function named(name: string, schema: JsonSchema): JsonSchema {
  return { ...schema, [componentName]: name };
}

export function nameOf(schema: object): string | undefined {
  return componentName in schema ? String(schema[componentName]) : undefined;
}

/** The same, or null. */
export function nullable(schema: JsonSchema): JsonSchema {
  const { type, description, ...rest } = schema;
  if (nameOf(schema) !== undefined || typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  const values = Array.isArray(rest['enum']) ? { enum: [...(rest['enum'] as unknown[]), null] } : {};
  return { ...(description !== undefined && { description }), type: [type, 'null'], ...rest, ...values };
}
