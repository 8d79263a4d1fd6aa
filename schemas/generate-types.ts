// Writes types.ts from the .avsc files: `node schemas/generate-types.ts`. A test fails when it is out of date.
import { writeFileSync } from 'node:fs';
import { currentSchema, schemaNames } from './schema-files.ts';

type Schema = string | Schema[] | ComplexSchema;
interface ComplexSchema {
  type: string | ComplexSchema;
  name?: string;
  doc?: string;
  logicalType?: string;
  items?: Schema;
  values?: Schema;
  symbols?: string[];
  fields?: { name: string; type: Schema; doc?: string }[];
}

const PRIMITIVES: Record<string, string> = {
  null: 'null',
  string: 'string',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  bytes: 'Buffer',
};

/** The TypeScript source for every record of the .avsc files in this folder. */
export function generateTypes(): string {
  const declarations: string[] = [];
  for (const name of schemaNames()) typeOf(currentSchema(name) as Schema, declarations);
  return `// Generated from the .avsc files by generate-types.ts; do not edit.\n\n${declarations.join('\n\n')}\n`;
}

function typeOf(schema: Schema, declarations: string[]): string {
  if (typeof schema === 'string') return PRIMITIVES[schema] ?? schema;
  if (Array.isArray(schema))
    return schema
      .map((member) => typeOf(member, declarations))
      .toReversed()
      .join(' | ');
  if (typeof schema.type !== 'string') return typeOf(schema.type, declarations);
  if (schema.logicalType === 'number-by-id') return 'Map<string, number>';
  if (schema.type === 'array') return `${parenthesised(typeOf(schema.items ?? 'null', declarations))}[]`;
  if (schema.type === 'map') return `Record<string, ${typeOf(schema.values ?? 'null', declarations)}>`;
  if (schema.type === 'enum') return (schema.symbols ?? []).map((symbol) => `'${symbol}'`).join(' | ');
  if (schema.type === 'record') return declareRecord(schema, declarations);
  return typeOf(schema.type, declarations);
}

function parenthesised(type: string): string {
  return type.includes(' ') && !type.startsWith('Record<') ? `(${type})` : type;
}

function declareRecord(schema: ComplexSchema, declarations: string[]): string {
  const fields = (schema.fields ?? []).map((field) => {
    const doc = field.doc ? `  /** ${field.doc} */\n` : '';
    return `${doc}  ${field.name}: ${typeOf(field.type, declarations)};`;
  });
  const doc = schema.doc ? `/** ${schema.doc} */\n` : '';
  const declaration = `${doc}export interface ${schema.name} {\n${fields.join('\n')}\n}`;
  if (!declarations.includes(declaration)) declarations.push(declaration); // may be included in several
  return schema.name ?? 'unknown';
}

if (import.meta.main) writeFileSync(new URL('types.ts', import.meta.url), generateTypes());
