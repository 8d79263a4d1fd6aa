// Files of sessions. Two shapes: a session a line, item ids separated by blanks, oldest first (`item:seconds` carries times); or a header
// with a session, an item and perhaps a time, and a click a line. Which one it is, the first line tells.
import { EvaluationRefused } from '../errors.ts';
import { fieldsOf, headerOf, readLines, secondsOf, type Line } from '../read-lines.ts';

export interface RawSession {
  readonly items: readonly string[];
  /** Seconds since 1970, of its last click; undefined when the file has no times. */
  readonly endSeconds: number | undefined;
}

/** In order of time: that of the file when it has no times. @throws EvaluationRefused */
export function readSessions(path: string): RawSession[] {
  const lines = readLines(path);
  const delimiter = /[\t,;]/.exec((lines[0] as Line).text)?.[0];
  const header = delimiter === undefined ? undefined : headerOf(lines, delimiter);
  if (delimiter !== undefined && header !== undefined) return ofClicks(path, lines, delimiter, header);
  return lines.map((line) => ofLine(path, line));
}

function ofLine(path: string, { text, number }: Line): RawSession {
  const clicks = text.trim().split(/[\s,;]+/);
  const [, seconds] = (clicks.at(-1) ?? '').split(':');
  const endSeconds = seconds === undefined ? undefined : Number(seconds);
  if (Number.isNaN(endSeconds)) throw new EvaluationRefused(`${path}, line ${number}: ${seconds} is no time`);
  return { items: clicks.map((click) => click.split(':', 1)[0] as string), endSeconds };
}

interface Click {
  readonly item: string;
  readonly seconds: number;
  readonly place: number;
}

function ofClicks(path: string, lines: readonly Line[], delimiter: string, names: readonly string[]): RawSession[] {
  const session = column(path, names, 'session');
  const item = column(path, names, 'item');
  const time = names.findIndex((name) => /time|^ts$/.test(name));
  const clicks = new Map<string, Click[]>();
  for (const [place, line] of lines.slice(1).entries()) {
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
