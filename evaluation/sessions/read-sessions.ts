// Files of sessions. Two shapes: a session a line, item ids separated by blanks, oldest first (`item:seconds` carries times); or a header
// with a session, an item and a time, and a click a line. Which one it is, the first line tells.
import { EvaluationRefused } from '../errors.ts';
import { readLines } from '../read-lines.ts';

export interface RawSession {
  readonly items: readonly string[];
  /** Seconds since 1970, of its last click; undefined when the file has no times. */
  readonly endSeconds: number | undefined;
}

/** In order of time: that of the file when it has no times. @throws EvaluationRefused */
export function readSessions(path: string): RawSession[] {
  const lines = readLines(path);
  const header = (lines[0] as string).split(/[\t,;]/);
  if (header.length >= 3 && header.every((name) => /^[^\d\s]/.test(name.trim()))) return ofClicks(path, lines, header);
  return lines.map((line) => ofLine(line));
}

function ofLine(line: string): RawSession {
  const clicks = line.trim().split(/\s+/);
  const [, seconds] = (clicks.at(-1) ?? '').split(':');
  return {
    items: clicks.map((click) => click.split(':', 1)[0] as string),
    endSeconds: seconds === undefined ? undefined : Number(seconds),
  };
}

function ofClicks(path: string, lines: readonly string[], header: readonly string[]): RawSession[] {
  const delimiter = /[\t,;]/.exec(lines[0] as string)?.[0] ?? '\t';
  const names = header.map((name) => name.trim().toLowerCase());
  const session = column(path, names, /session/);
  const item = column(path, names, /item/);
  const time = column(path, names, /time/);
  const clicks = new Map<string, { item: string; seconds: number; place: number }[]>();
  for (let place = 1; place < lines.length; place += 1) {
    const fields = (lines[place] as string).split(delimiter);
    const seconds = Number(fields[time]);
    const key = fields[session];
    const itemId = fields[item];
    if (key === undefined || itemId === undefined || !Number.isFinite(seconds))
      throw new EvaluationRefused(`${path}, line ${place + 1}: not a session, an item and a time`);
    const known = clicks.get(key);
    const click = { item: itemId, seconds, place };
    if (known === undefined) clicks.set(key, [click]);
    else known.push(click);
  }
  return [...clicks.values()]
    .map((all) => all.sort((one, other) => one.seconds - other.seconds || one.place - other.place))
    .map((all) => ({ items: all.map((click) => click.item), endSeconds: all.at(-1)?.seconds ?? 0 }))
    .sort((one, other) => one.endSeconds - other.endSeconds);
}

function column(path: string, names: readonly string[], meant: RegExp): number {
  const place = names.findIndex((name) => meant.test(name));
  if (place < 0) throw new EvaluationRefused(`${path} has no column for ${meant.source}; it has ${names.join(', ')}`);
  return place;
}
