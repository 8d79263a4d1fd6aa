// Times in words: how long ago, on which day, from when to when.

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const exactly = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
/** In the language of the page, as it stands in the midst of its sentences. */
const weekday = new Intl.DateTimeFormat('en', { weekday: 'long' });

export function ago(timeMs, nowMs = Date.now()) {
  const seconds = Math.round((nowMs - timeMs) / 1000);
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** Ends a sentence: `just now`, `today at 14:05`, `yesterday`, `on Tuesday`, `on 3 Oct 2026`. */
export function when(timeMs, nowMs = Date.now()) {
  if (nowMs - timeMs < minuteMs) return 'just now';
  if (nowMs - timeMs < hourMs) return `${Math.floor((nowMs - timeMs) / minuteMs)} min ago`;
  const days = daysBetween(timeMs, nowMs);
  if (days === 0) return `today at ${clock.format(timeMs)}`;
  if (days === 1) return 'yesterday';
  if (days < 7) return `on ${weekday.format(timeMs)}`;
  return `on ${date.format(timeMs)}`;
}

/** As a heading: `Today, 14:05 – 14:20`. */
export function span(startMs, endMs, nowMs = Date.now()) {
  const from = clock.format(startMs);
  const to = clock.format(endMs);
  return `${dayOf(startMs, nowMs)}, ${from === to ? from : `${from} – ${to}`}`;
}

export function dayOf(timeMs, nowMs = Date.now()) {
  const days = daysBetween(timeMs, nowMs);
  if (days <= 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return days < 7 ? weekday.format(timeMs) : date.format(timeMs);
}

export function atClock(timeMs) {
  return clock.format(timeMs);
}

export function exactTime(timeMs) {
  return exactly.format(timeMs);
}

/** Calendar days, as the reader's clock has them. */
function daysBetween(timeMs, nowMs) {
  const midnight = (ms) => new Date(ms).setHours(0, 0, 0, 0);
  return Math.round((midnight(nowMs) - midnight(timeMs)) / dayMs);
}
