// What the formats have in common: a header to start with, and rows whose columns are found by name.
import { ImportRefused, LineRejected } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { columnsRead, type Mapping } from '../mapping/mapping.ts';
import { rowMapper, type FileFacts, type RowMapper } from '../mapping/row-mapper.ts';
import type { Columns } from '../mapping/values.ts';
import type { Imported } from '../records.ts';
import { fieldsOf } from './delimited-fields.ts';
import { RecordSplitter, type RawRecord } from './record-splitter.ts';
import { readFrom, type SourceFile } from './source-file.ts';

export interface Position {
  readonly lines: number;
  readonly bytes: number;
}

/** A file as a mapping sees it. */
export interface Rows {
  /**
   * Makes the function that says what becomes of a record; null when the mapping leaves it out.
   * The function throws LineRejected when the record can't be used.
   */
  mapper(facts: FileFacts): (record: RawRecord) => Imported | null;
  /** The records after the header or after a position. */
  records(from: Position | undefined): AsyncGenerator<RawRecord, void, void>;
}

/** @throws ImportRefused when the mapping reads a column that the file doesn't have. */
export function openRows(source: SourceFile, mapping: Mapping): Promise<Rows> {
  return mapping.format.type === 'jsonl' ? Promise.resolve(jsonRows(source, mapping)) : delimitedRows(source, mapping);
}

async function delimitedRows(source: SourceFile, mapping: Mapping): Promise<Rows> {
  const { type, header, quotes = type === 'csv', encoding } = mapping.format;
  const delimiter = mapping.format.delimiter ?? (type === 'tsv' ? '\t' : ',');
  const options = { encoding, ...(quotes ? { quotedAfter: delimiter } : {}) };
  const hasHeader = header ?? mapping.format.columns === undefined;
  const first = hasHeader ? await firstRecord(source, options) : undefined;
  const names = mapping.format.columns ?? fieldsOf(first?.text ?? '', delimiter, quotes);
  // An empty file has no columns, and nothing that could go wrong with them.
  if (source.bytes > 0) checkColumns(source, mapping, names);

  const parse = ({ text }: RawRecord): readonly string[] => {
    const row = fieldsOf(text, delimiter, quotes);
    if (row.length !== names.length) throw new LineRejected(`${row.length} columns instead of ${names.length}`);
    return row;
  };
  const columns: Columns<readonly string[]> = (name) => {
    const place = names.indexOf(name);
    return (row) => row[place] || undefined;
  };
  return {
    mapper: (facts) => mapperOf(rowMapper(mapping, columns, facts), parse),
    records: (from) => recordsFrom(source, options, from ?? afterHeader(first)),
  };
}

function jsonRows(source: SourceFile, mapping: Mapping): Rows {
  const columns: Columns<object> = (name) => {
    const steps = name.split('.');
    return (row) => present(steps.reduce<unknown>(memberOf, row));
  };
  return {
    mapper: (facts) => mapperOf(rowMapper(mapping, columns, facts), ({ text }) => parseJson(text)),
    records: (from) => recordsFrom(source, mapping.format, from ?? { lines: 0, bytes: 0 }),
  };
}

function mapperOf<R>(map: RowMapper<R>, parse: (record: RawRecord) => R) {
  return (record: RawRecord) => {
    if (record.problem !== undefined) throw new LineRejected(record.problem);
    return map(parse(record), record.line);
  };
}

async function* recordsFrom(
  source: SourceFile,
  options: { encoding: 'utf-8' | 'latin1'; quotedAfter?: string },
  from: Position,
): AsyncGenerator<RawRecord, void, void> {
  const { encoding, quotedAfter } = options;
  const splitter = new RecordSplitter({ encoding, from, ...(quotedAfter === undefined ? {} : { quotedAfter }) });
  for await (const piece of readFrom(source, from.bytes)) yield* splitter.push(piece);
  yield* splitter.end();
}

async function firstRecord(
  source: SourceFile,
  options: { encoding: 'utf-8' | 'latin1'; quotedAfter?: string },
): Promise<RawRecord | undefined> {
  for await (const record of recordsFrom(source, options, { lines: 0, bytes: 0 })) {
    if (record.problem !== undefined) throw new ImportRefused(`${source.path}: the header is ${record.problem}`);
    return record;
  }
  return undefined;
}

function afterHeader(header: RawRecord | undefined): Position {
  return { lines: header?.linesEnd ?? 0, bytes: header?.bytesEnd ?? 0 };
}

function checkColumns(source: SourceFile, mapping: Mapping, names: readonly string[]): void {
  const unknown = [...columnsRead(mapping)].filter((name) => !names.includes(name));
  if (unknown.length === 0) return;
  const problems = unknown.map((name) => {
    const alike = nearest(name, names);
    return `  - ${name}${alike === undefined ? '' : `: is it ${alike}?`}`;
  });
  throw new ImportRefused(
    `The mapping reads columns that ${source.path} doesn't have:\n${problems.join('\n')}\nIt has: ${names.join(', ')}`,
  );
}

function parseJson(text: string): object {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new LineRejected('no JSON object');
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new LineRejected(`no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

function present(value: unknown): unknown {
  return value === null || value === '' ? undefined : value;
}
