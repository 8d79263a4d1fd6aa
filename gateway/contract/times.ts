// Times as they come in: RFC 3339, or milliseconds since 1970.
import { LATEST_MS } from '../../schemas/wire-types.ts';

/** From 1973 on a number of seconds has nine digits or more, and a number of milliseconds at least twelve. */
const secondsLookalikes = { from: 1e8, to: 1e11 };

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** Milliseconds since 1970, or the sentence that says what is wrong. */
export function parseTime(value: unknown): number | string {
  if (typeof value === 'number') return ofNumber(value);
  const timeMs = typeof value === 'string' ? ofText(value) : undefined;
  if (timeMs === undefined)
    return 'must be a time such as 2026-11-22T20:15:00Z, with an offset, or milliseconds since 1970.';
  return timeMs >= 0 ? timeMs : 'must not be before 1970.';
}

function ofNumber(value: number): number | string {
  if (value >= secondsLookalikes.from && value < secondsLookalikes.to)
    return 'looks like seconds: give milliseconds since 1970.';
  if (value >= 0 && value <= LATEST_MS) return Math.floor(value);
  return `must be milliseconds since 1970, up to ${LATEST_MS}.`;
}

function ofText(text: string): number | undefined {
  const match = rfc3339.exec(text);
  if (match === null) return undefined;
  const timeMs = Date.parse(text.replace(/[ t]/, 'T').replace('z', 'Z'));
  const day = Number(match[3]);
  // Date.parse takes 30 February for 1 March.
  const isDay = day >= 1 && day <= new Date(Date.UTC(Number(match[1]), Number(match[2]), 0)).getUTCDate();
  return Number.isNaN(timeMs) || (Number(match[1]) >= 100 && !isDay) ? undefined : timeMs;
}
