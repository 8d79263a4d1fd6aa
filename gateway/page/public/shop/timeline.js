// What the customer did, latest first: sessions with what happened in them, and when the segment changed.
import { byId, element } from '../frame/elements.js';
import { deedOf, kindOf } from '../words/deeds.js';
import { asMoney, counted } from '../words/numbers.js';
import { atClock, dayOf, exactTime, span } from '../words/times.js';

/** So long without an interaction ends a session, as in the profiles. */
const sessionGapMs = 30 * 60_000;
/** Up to so many stand below each other. */
const fewDeeds = 5;
const seenCustomersMax = 100;
/** By customer, by when they happened. */
const seenChanges = new Map();
let shown = '';

/** @param {object | null} profile */
export function showTimeline(profile) {
  const content = JSON.stringify([profile?.customer_id, profile?.recent, profile?.segment_details?.since]);
  if (content === shown) return;
  shown = content;
  const entries = profile === null ? [] : timelineOf(profile);
  byId('no-timeline').hidden = entries.length > 0;
  byId('timeline').replaceChildren(
    ...entries.map((entry) => (entry.kind === 'session' ? session(entry) : milestone(entry))),
  );
}

/** Latest first. */
function timelineOf(profile) {
  const deeds = profile.recent.map((deed) => ({ ...deed, atMs: Date.parse(deed.timestamp) }));
  deeds.sort((one, other) => other.atMs - one.atMs);
  const entries = [...sessionsOf(deeds), ...segmentChanges(profile), ...beginning(profile)];
  return entries.sort((one, other) => other.atMs - one.atMs);
}

function sessionsOf(deeds) {
  const sessions = [];
  for (const deed of deeds) {
    const current = sessions.at(-1);
    if (current !== undefined && current.startMs - deed.atMs <= sessionGapMs) {
      current.deeds.push(deed);
      current.startMs = deed.atMs;
    } else sessions.push({ kind: 'session', atMs: deed.atMs, startMs: deed.atMs, deeds: [deed] });
  }
  return sessions;
}

/** The API tells the latest change only; those that were seen here before stay. */
function segmentChanges({ customer_id, segment, segment_details: details }) {
  const changes = seenChanges.get(customer_id) ?? new Map();
  if (details !== null && details.previous !== null) {
    const from = `from ${details.previous} to ${segment}`;
    const text = details.set_by_hand ? `${from}, by hand` : from;
    changes.set(details.since, { kind: 'segment', atMs: Date.parse(details.since), title: 'Segment changed', text });
    seenChanges.delete(customer_id);
    seenChanges.set(customer_id, changes);
    if (seenChanges.size > seenCustomersMax) seenChanges.delete(seenChanges.keys().next().value);
  }
  return changes.values();
}

function beginning({ first_seen }) {
  return first_seen === null
    ? []
    : [{ kind: 'segment', atMs: Date.parse(first_seen) - 1, title: 'First seen', text: '' }];
}

function session({ atMs, startMs, deeds }) {
  return element(
    'li',
    { dataset: { kind: 'session' } },
    element('h3', {}, span(startMs, atMs)),
    element('p', { className: 'span' }, `A session with ${counted(deeds.length, 'event')}`),
    element('ol', { className: deeds.length > fewDeeds ? 'many' : '' }, ...deeds.map(deedRow)),
  );
}

function deedRow({ event_type, title, item_id, atMs, value }) {
  const money = value === null || value === 0 ? '' : ` · ${asMoney(value)}`;
  return element(
    'li',
    {},
    element('span', { className: 'mark', dataset: { kind: kindOf(event_type) } }),
    element('span', {}, `${deedOf(event_type, title ?? item_id)}${money}`),
    element('time', { className: 'when', title: exactTime(atMs) }, atClock(atMs)),
  );
}

function milestone({ atMs, title, text }) {
  return element(
    'li',
    { dataset: { kind: 'segment' } },
    element('h3', {}, title),
    element(
      'p',
      { className: 'span' },
      [text, `${dayOf(atMs)}, ${atClock(atMs)}`].filter((each) => each !== '').join(' · '),
    ),
  );
}
