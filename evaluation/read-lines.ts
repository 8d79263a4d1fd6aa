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

/** What is tried, of files that many of them would fit: the first that makes the most columns. */
const DELIMITERS = ['\t', ';', ',', '::'];
/** Lines that are looked at to tell which one it is. */
const LOOKED_AT_MAX = 1000;

/**
 * What separates the columns: it is in every line equally often, and of several that are it is what makes most columns, so that ids may hold the
 * others. Undefined when there is none, as where a line is a list of any length.
 */
export function delimiterOf(lines: readonly Line[]): string | undefined {
  const looked = lines.slice(0, LOOKED_AT_MAX);
  const widths = DELIMITERS.map((delimiter) => {
    const all = new Set(looked.map(({ text }) => text.split(delimiter).length));
    return all.size === 1 ? ([...all][0] as number) : 1;
  });
  const most = Math.max(...widths);
  return most > 1 ? DELIMITERS[widths.indexOf(most)] : undefined;
}

/** What the first line has of these, as long as no line tells better. */
export function firstDelimiterOf(lines: readonly Line[]): string | undefined {
  return /::|[\t,;]/.exec(lines[0]?.text ?? '')?.[0];
}

const SECONDS_PER_YEAR = 31_557_600;
/** Larger times are milliseconds: as seconds they would be after the year 4970, and smaller ones as milliseconds before 1973. */
const SECONDS_MAX = 3000 * SECONDS_PER_YEAR;

/** Of a time in seconds or milliseconds since 1970. */
export function inSeconds(time: number): number {
  return time < SECONDS_MAX ? time : time / 1000;
}

/** Of a number of seconds or milliseconds, or a date; NaN of neither. */
export function secondsOf(field = ''): number {
  if (field === '') return NaN;
  return Number.isNaN(Number(field)) ? Date.parse(field) / 1000 : inSeconds(Number(field));
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
