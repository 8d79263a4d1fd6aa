// The tables of the warehouse, made of the schemas that travel: `node deploy/terraform/warehouse-tables.ts` writes them as BigQuery
// takes them, and a test fails when they are out of date.
import { writeFileSync } from 'node:fs';
import { currentSchema } from '../../schemas/schema-files.ts';

/** A column as BigQuery's API has it. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly mode: 'REQUIRED' | 'NULLABLE' | 'REPEATED';
  readonly description?: string;
  readonly fields?: readonly Column[];
}

/** By name of the table, as Terraform has it too. */
export function warehouseTables(): Map<string, Column[]> {
  return new Map([
    ['interactions', columnsOf('interactions')],
    [
      'customer_profiles',
      [
        ...columnsOf('profiles', ['customer_id', 'age', 'gender', 'location']),
        // Who has only told who it is has no segment yet.
        ...columnsOf('segments', ['segment']).map((column) => ({ ...column, mode: 'NULLABLE' as const })),
        ...columnsOf('profiles', ['preferences', 'lifetime_value', 'last_activity', 'consent', 'language']),
        ...columnsOf('profiles', ['first_seen', 'last_purchase', 'orders', 'items_bought', 'sessions']),
        ...columnsOf('profiles', ['counts', 'channels', 'anonymous_ids']),
      ],
    ],
    [
      'recommendations',
      [
        ...columnsOf('recommendations', ['recommendation_id', 'customer_id']),
        ...columnsOf('recommendations', ['items']).flatMap(({ fields = [] }) => pick(fields, ['item_id', 'score', 'algorithm', 'propensity'])), // prettier-ignore
        ...columnsOf('recommendations', ['timestamp', 'segment', 'model']),
        { name: 'place', type: 'INTEGER', mode: 'REQUIRED', description: 'Of the item in the list, from 1.' },
        { name: 'context', type: 'JSON', mode: 'NULLABLE', description: 'Where and when it was asked for.' },
        { name: 'status', type: 'STRING', mode: 'NULLABLE', description: 'served, clicked or converted.' },
      ],
    ],
  ]);
}

/** By path, what the files hold. */
export function warehouseFiles(): Map<string, string> {
  return new Map(
    Array.from(warehouseTables(), ([name, columns]) => [
      `deploy/terraform/tables/${name}.json`,
      `${JSON.stringify(columns, undefined, 2)}\n`,
    ]),
  );
}

const types: Readonly<Record<string, string>> = {
  string: 'STRING',
  enum: 'STRING',
  boolean: 'BOOLEAN',
  int: 'INTEGER',
  long: 'INTEGER',
  float: 'FLOAT',
  double: 'FLOAT',
  bytes: 'BYTES',
  // Asked by path (`context.device`), whatever its values are.
  map: 'JSON',
  record: 'RECORD',
};

/** All fields of a schema, or some. */
function columnsOf(schema: string, names?: readonly string[]): Column[] {
  const { fields } = currentSchema(schema) as unknown as AvroRecord;
  return (names === undefined ? fields : pick(fields, names)).map((field) => columnOf(field));
}

/** A column added later can't be required, and a field added later has a default: so one with a default is not. */
function columnOf(field: AvroField): Column {
  const { name, type, doc } = field;
  const isNullable = Array.isArray(type) || 'default' in field;
  const of = typeOf(Array.isArray(type) ? (type.find((each) => each !== 'null') ?? 'null') : type);
  const isArray = of.type === 'array';
  const element = isArray ? typeOf(of.items ?? 'null') : of;
  const column = element.logicalType === 'timestamp-millis' ? 'TIMESTAMP' : types[element.type];
  if (column === undefined) throw new Error(`${name}: no column can hold ${element.type}`);
  return {
    name,
    type: column,
    mode: isArray ? 'REPEATED' : isNullable ? 'NULLABLE' : 'REQUIRED',
    ...(doc === undefined ? {} : { description: doc }),
    ...(column === 'RECORD' ? { fields: (element.fields ?? []).map((field) => columnOf(field)) } : {}),
  };
}

function typeOf(type: AvroType): AvroTyped {
  return typeof type === 'string' ? { type } : type;
}

function pick<T extends { readonly name: string }>(all: readonly T[], names: readonly string[]): T[] {
  return names.map((name) => {
    const found = all.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no schema has the field ${name} any more`);
    return found;
  });
}

type AvroType = string | AvroTyped;

interface AvroTyped {
  readonly type: string;
  readonly logicalType?: string;
  readonly items?: AvroType;
  readonly fields?: readonly AvroField[];
}

interface AvroField {
  readonly name: string;
  readonly type: AvroType | readonly AvroType[];
  readonly doc?: string;
  readonly default?: unknown;
}

interface AvroRecord {
  readonly fields: readonly AvroField[];
}

if (import.meta.main) {
  for (const [path, content] of warehouseFiles()) writeFileSync(path, content);
}
