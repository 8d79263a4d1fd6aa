// Reads times: numbers since 1970, ISO texts, and texts of a given pattern.
import { ImportRefused, LineRejected } from '../errors.ts';
import type { TimeRule } from './rule.ts';

const unitMs = { s: 1000, ms: 1, us: 0.001 } as const;

/** A reader of one column's times, in milliseconds since 1970. */
export function timeReader({ unit, format, offset }: Pick<TimeRule, 'unit' | 'format' | 'offset'>) {
  if (unit !== undefined && format !== undefined) throw new ImportRefused('a time has either a unit or a format');
  if (unit !== undefined) return (value: unknown) => fromNumber(value, unitMs[unit], unit);
  if (format !== undefined && format !== 'iso') return patternReader(format, offset);
  return (value: unknown) => fromIso(value, offset);
}

function fromNumber(value: unknown, factor: number, unit: string): number {
  const number = typeof value === 'number' ? value : Number(String(value).trim() || 'none');
  if (!Number.isFinite(number)) throw new LineRejected(`${shown(value)} is no time in ${unit}`);
  return Math.round(number * factor);
}

const iso = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?$/;

function fromIso(value: unknown, offset: string): number {
  const text = String(value).trim();
  const match = iso.exec(text);
  if (match === null) throw new LineRejected(`${shown(value)} is no ISO time; give its unit or format in the mapping`);
  const time = text.replace(' ', 'T');
  const dated = time.length === 10 ? `${time}T00:00` : time;
  const ms = Date.parse(match[1] === undefined ? dated + offset : dated);
  // Date.parse lets 31 February pass as a day of March.
  const day = Number(text.slice(8, 10));
  if (Number.isNaN(ms) || day > daysIn(Number(text.slice(0, 4)), Number(text.slice(5, 7)))) {
    throw new LineRejected(`${shown(value)} is no time that exists`);
  }
  return ms;
}

const tokens = { yyyy: 4, MM: 2, dd: 2, HH: 2, mm: 2, ss: 2, SSS: 3 } as const;
type Token = keyof typeof tokens;

/** A pattern of yyyy, MM, dd, HH, mm, ss and SSS; everything else stands for itself. */
function patternReader(pattern: string, offset: string): (value: unknown) => number {
  const order: Token[] = [];
  const source = pattern.replace(/yyyy|MM|dd|HH|mm|SSS|ss|[^a-zA-Z]|[a-zA-Z]/g, (part) => {
    if (!(part in tokens)) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    order.push(part as Token);
    return `(\\d{${tokens[part as Token]}})`;
  });
  if (!order.includes('yyyy')) throw new ImportRefused(`the time format ${pattern} has no yyyy`);
  const expression = new RegExp(`^${source}$`);
  const offsetMs = offsetOf(offset);
  return (value) => {
    const match = expression.exec(String(value).trim());
    if (match === null) throw new LineRejected(`${shown(value)} is no time of the form ${pattern}`);
    const part = (token: Token, without: number) => {
      const place = order.indexOf(token);
      return place < 0 ? without : Number(match[place + 1]);
    };
    const [year, month, day] = [part('yyyy', 0), part('MM', 1), part('dd', 1)];
    const [hour, minute, second] = [part('HH', 0), part('mm', 0), part('ss', 0)];
    if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 60) {
      throw new LineRejected(`${shown(value)} is no time that exists`);
    }
    return Date.UTC(year, month - 1, day, hour, minute, second, part('SSS', 0)) - offsetMs;
  };
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function offsetOf(offset: string): number {
  if (offset === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6));
  return (offset.startsWith('-') ? -1 : 1) * minutes * 60_000;
}

/** A value as it may stand in a message: short, and quoted. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
