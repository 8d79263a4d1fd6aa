// When events arrive: the shop's day and week as an exact mapping between event numbers and times.

export interface Rhythm {
  /** When event `number` arrives; fractions are fine. Rises with the number. */
  timeOf(number: number): number;
  /** How many events have arrived before `timeMs`. */
  numberAt(timeMs: number): number;
}

export interface RhythmOptions {
  readonly startMs: number;
  /** On average over a week. */
  readonly eventsPerSecond: number;
  /** 0 is even, 1 has quiet nights and busy evenings. @default 1 */
  readonly swing?: number;
}

const HOUR_MS = 3_600_000;
const WEEK_HOURS = 168;
const WEEK_MS = WEEK_HOURS * HOUR_MS;
/** 1970 began on a Thursday; weeks are counted from the Monday before. */
const MONDAY_MS = -3 * 24 * HOUR_MS;

/** Share of each hour of the day, midnight first (UTC). */
const day = [3, 2, 1, 1, 1, 2, 4, 7, 9, 10, 10, 11, 13, 12, 10, 10, 11, 13, 16, 19, 21, 19, 13, 7];
/** Monday first. */
const week = [1, 0.95, 0.95, 1, 1.05, 1.1, 1.25];

export function createRhythm({ startMs, eventsPerSecond, swing = 1 }: RhythmOptions): Rhythm {
  const beats = cumulativeBeats(swing);
  const eventsPerWeek = (eventsPerSecond * WEEK_MS) / 1000;
  const startBeat = beatAt(beats, startMs);
  return {
    timeOf: (number) => timeOfBeat(beats, startBeat + number / eventsPerWeek),
    numberAt: (timeMs) => Math.ceil((beatAt(beats, timeMs) - startBeat) * eventsPerWeek),
  };
}

/** Share of a week's events that have arrived by the end of each of its hours; starts with 0 and ends with 1. */
function cumulativeBeats(swing: number): number[] {
  const shares = week.flatMap((weekday) => day.map((hour) => 1 + swing * ((weekday * hour) / 9.4 - 1)));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const beats = [0];
  let sum = 0;
  for (const share of shares) beats.push((sum += share) / total);
  beats[WEEK_HOURS] = 1;
  return beats;
}

/** Weeks of events since the first Monday: whole weeks by the calendar, parts of a week by the rhythm. */
function beatAt(beats: readonly number[], timeMs: number): number {
  const weeks = Math.floor((timeMs - MONDAY_MS) / WEEK_MS);
  const hours = (timeMs - MONDAY_MS - weeks * WEEK_MS) / HOUR_MS;
  const hour = Math.floor(hours);
  const from = beats[hour] ?? 0;
  return weeks + from + ((beats[hour + 1] ?? 1) - from) * (hours - hour);
}

function timeOfBeat(beats: readonly number[], beat: number): number {
  const weeks = Math.floor(beat);
  const rest = beat - weeks;
  const hour = lastAtMost(beats, rest);
  const from = beats[hour] ?? 0;
  const within = (rest - from) / ((beats[hour + 1] ?? 1) - from);
  return MONDAY_MS + weeks * WEEK_MS + (hour + within) * HOUR_MS;
}

function lastAtMost(beats: readonly number[], wanted: number): number {
  let low = 0;
  let high = WEEK_HOURS - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((beats[middle] ?? 1) <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}
