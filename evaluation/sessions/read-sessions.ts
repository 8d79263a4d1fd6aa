// Files of sessions. Two shapes: a session a line, item ids separated by blanks, oldest first (`item:seconds` carries times); or
// a click a line: a session, an item and a time, which a header may name.
import { EvaluationRefused } from '../errors.ts';
import { delimiterOf, fieldsOf, firstDelimiterOf, headerOf, readLines, secondsOf, type Line } from '../read-lines.ts';

export interface RawSession {
  readonly items: readonly string[];
  /** Seconds since 1970, of its last click; undefined when the file has no times. */
  readonly endSeconds: number | undefined;
}

/** Of all files together in order of time, if all have times; else in that of the files. @throws EvaluationRefused */
export function readAllSessions(paths: readonly string[]): RawSession[] {
  const sessions = paths.flatMap(readSessions);
  if (sessions.some(({ endSeconds }) => endSeconds === undefined)) return sessions;
  return sessions.sort((one, other) => (one.endSeconds as number) - (other.endSeconds as number));
}

/** In order of time: that of the file when it has no times. @throws EvaluationRefused */
export function readSessions(path: string): RawSession[] {
  const lines = readLines(path);
  const delimiter = firstDelimiterOf(lines);
  const header = delimiter === undefined ? undefined : headerOf(lines, delimiter);
  if (delimiter !== undefined && header?.some((name) => /session|^item([ _-]?id)?$/.test(name)))
    return ofClicks(path, lines.slice(1), delimiter, columnsOf(path, header));
  const between = delimiterOf(lines);
  if (between !== undefined && lines.every((line) => isClick(fieldsOf(line, between))))
    return ofClicks(path, lines, between, { session: 0, item: 1, time: 2 });
  return ofLines(path, lines);
}

/** Without a header: a session, an item, and what can only be a time. */
function isClick(fields: readonly string[]): boolean {
  return fields.length === 3 && EPOCH.test(fields[2] as string);
}

/** Seconds or milliseconds since 1970, of 1973 or later. */
const EPOCH = /^\d{9,13}(\.\d+)?$/;
/** An item with a time behind it. */
const TIMED = /^(.+):(\d+(?:\.\d+)?)$/;

function ofLines(path: string, lines: readonly Line[]): RawSession[] {
  // Where blanks separate items, ids may hold commas.
  const separator = lines.some(({ text }) => /[^\s,;]\s+[^\s,;]/.test(text)) ? /\s+/ : /[\s,;]+/;
  const sessions = lines.map(({ text }) => text.trim().split(separator));
  if (!areTimed(sessions)) return sessions.map((items) => ({ items, endSeconds: undefined }));
  const timed = sessions.map((clicks, at) => {
    const parts = clicks.map((click) => TIMED.exec(click));
    const odd = parts.indexOf(null);
    if (odd >= 0) throw new EvaluationRefused(`${path}, line ${lines[at]?.number}: ${clicks[odd]} has no time`);
    return { items: parts.map((part) => part?.[1] as string), endSeconds: secondsOf(parts.at(-1)?.[2]) };
  });
  return timed.sort((one, other) => one.endSeconds - other.endSeconds);
}

/** Ids may end in a colon and a number, too: times are those that can be nothing else in the first line, or never fall within a session. */
function areTimed(sessions: readonly (readonly string[])[]): boolean {
  if (sessions[0]?.every((click) => EPOCH.test(TIMED.exec(click)?.[2] ?? ''))) return true;
  return sessions.every((clicks) => {
    const times = clicks.map((click) => Number(TIMED.exec(click)?.[2] ?? NaN));
    return times.every((time, at) => time >= (times[at - 1] ?? 0));
  });
}

interface Click {
  readonly item: string;
  readonly seconds: number;
  readonly place: number;
}

interface Columns {
  readonly session: number;
  readonly item: number;
  /** −1 when there is none. */
  readonly time: number;
}

function columnsOf(path: string, names: readonly string[]): Columns {
  const time = names.findIndex((name) => /time|^ts$/.test(name));
  return { session: column(path, names, 'session'), item: column(path, names, 'item'), time };
}

function ofClicks(
  path: string,
  lines: readonly Line[],
  delimiter: string,
  { session, item, time }: Columns,
): RawSession[] {
  const clicks = new Map<string, Click[]>();
  for (const [place, line] of lines.entries()) {
    const fields = fieldsOf(line, delimiter);
    const [key = '', itemId = ''] = [fields[session], fields[item]];
    const seconds = time < 0 ? place : secondsOf(fields[time]);
    if (key === '' || itemId === '' || !Number.isFinite(seconds))
      throw new EvaluationRefused(`${path}, line ${line.number}: not a session, an item and a time`);
    const known = clicks.get(key);
    const click = { item: itemId, seconds, place };
    if (known === undefined) clicks.set(key, [click]);
    else known.push(click);
  }
  return [...clicks.values()]
    .map((all) => all.sort((one, other) => one.seconds - other.seconds || one.place - other.place))
    .map((all) => ({ items: all.map((click) => click.item), lastSeconds: all.at(-1)?.seconds ?? 0 }))
    .sort((one, other) => one.lastSeconds - other.lastSeconds)
    .map(({ items, lastSeconds }) => ({ items, endSeconds: time < 0 ? undefined : lastSeconds }));
}

function column(path: string, names: readonly string[], meant: string): number {
  const place = names.findIndex((name) => name.includes(meant));
  if (place < 0) throw new EvaluationRefused(`${path} has no column for ${meant}; it has ${names.join(', ')}`);
  return place;
}
