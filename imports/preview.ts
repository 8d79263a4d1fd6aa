// What the first lines of a file would become; nothing is written.
import type { Clock } from '../streams/index.ts';
import { LineRejected } from './errors.ts';
import { importIdOf, mapperFor } from './import-file.ts';
import type { Mapping } from './mapping/mapping.ts';
import type { Imported } from './records.ts';
import { openRows } from './source/rows.ts';
import { openSource } from './source/source-file.ts';

export type Preview =
  | { readonly line: number; readonly becomes: Imported }
  | { readonly line: number; readonly leftOut: true }
  | { readonly line: number; readonly rejected: string };

/** @throws ImportRefused when mapping and file don't fit. */
export async function preview(path: string, mapping: Mapping, clock: Clock, linesMax: number): Promise<Preview[]> {
  const source = await openSource(path);
  const rows = await openRows(source, mapping);
  const map = mapperFor(rows, source, importIdOf(mapping, source), clock);
  const previews: Preview[] = [];
  for await (const record of rows.records(undefined)) {
    if (previews.length >= linesMax) break;
    if (record.text === '' && record.problem === undefined) continue;
    previews.push({ line: record.line, ...outcomeOf(() => map(record)) });
  }
  return previews;
}

function outcomeOf(map: () => Imported | null): { becomes: Imported } | { leftOut: true } | { rejected: string } {
  try {
    const becomes = map();
    return becomes === null ? { leftOut: true } : { becomes };
  } catch (error) {
    if (!(error instanceof LineRejected)) throw error;
    return { rejected: error.message };
  }
}
