// The lines of a text file, unpacked if it is gzipped.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { EvaluationRefused } from './errors.ts';

export interface Line {
  readonly text: string;
  /** In the file, from 1. */
  readonly number: number;
}

/** Without empty lines. @throws EvaluationRefused when it can't be read or holds nothing. */
export function readLines(path: string): Line[] {
  const lines = contentOf(path)
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((text, at) => ({ text, number: at + 1 }))
    .filter(({ text }) => text.trim() !== '');
  if (lines.length === 0) throw new EvaluationRefused(`${path} is empty`);
  return lines;
}

/** The parts of a line, without blanks and quotes around them. */
export function fieldsOf({ text }: Line, delimiter: string): string[] {
  return text.split(delimiter).map((field) => {
    const bare = field.trim();
    return bare.length > 1 && bare.startsWith('"') && bare.endsWith('"') ? bare.slice(1, -1) : bare;
  });
}

/**
 * The names of the columns in small letters, without types as in `user_id:token`, when the first line is a header: no field of it is a number
 * while some field of the second line is.
 */
export function headerOf(lines: readonly Line[], delimiter: string): string[] | undefined {
  const [first, second] = lines.map((line) => fieldsOf(line, delimiter));
  const isNumber = (field: string) => field !== '' && !Number.isNaN(Number(field));
  if (first === undefined || first.some(isNumber)) return undefined;
  const names = first.map((name) => name.split(':', 1)[0]?.toLowerCase() ?? '');
  const isNamed = names.some((name) => /^(user|item|session|product|customer|household)([ _-]?id)?$/.test(name));
  return isNamed || second === undefined || second.some(isNumber) ? names : undefined;
}

/** Of a number of seconds or a date; NaN of neither. */
export function secondsOf(field = ''): number {
  if (field === '') return NaN;
  return Number.isNaN(Number(field)) ? Date.parse(field) / 1000 : Number(field);
}

function contentOf(path: string): string {
  try {
    const bytes = readFileSync(path);
    return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (error) {
    // Whatever is wrong with the file, whoever named it has to mend it.
    throw new EvaluationRefused(`${path} can't be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
