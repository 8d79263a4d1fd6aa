// The session a customer is in: which interactions belong to it, and which items it has seen.
import type { CurrentSession, Profile, Session } from '../../schemas/types.ts';
import { limits, SESSION_GAP_MS } from './limits.ts';

/** `past`: before the current session, too late to belong anywhere. */
export type SessionPlace = 'new' | 'current' | 'past';

/** Changes `profile`: opens a session, or widens the current one, so that it holds an interaction at `atMs`. */
export function enterSession(profile: Profile, atMs: number, channel: string | null = null): SessionPlace {
  const { session } = profile;
  if (session === null || atMs > session.last_at + SESSION_GAP_MS) {
    profile.session = newSession(profile.customer_id, profile.sessions, atMs, channel);
    profile.sessions += 1;
    return 'new';
  }
  if (atMs < session.started_at - SESSION_GAP_MS) return 'past';
  session.channel = channelAfter(session, atMs, channel);
  session.started_at = Math.min(session.started_at, atMs);
  session.last_at = Math.max(session.last_at, atMs);
  session.events += 1;
  return 'current';
}

/** Of two at one time the later in the alphabet, so that the order of arrival does not matter. */
function channelAfter({ channel: before, last_at: lastMs }: CurrentSession, atMs: number, channel: string | null) {
  if (atMs < lastMs) return before;
  return atMs > lastMs || (channel ?? '') > (before ?? '') ? channel : before;
}

function newSession(customerId: string, number: number, atMs: number, channel: string | null): CurrentSession {
  const session_key = sessionKey(customerId, number % limits.sessionSlots);
  return { session_key, started_at: atMs, last_at: atMs, items: [], item_times: [], events: 1, channel };
}

function sessionKey(customerId: string, slot: number): string {
  return `${customerId}~${slot}`;
}

/** All keys under which sessions of the customer may stand in the topic. */
export function sessionKeysOf(profile: Profile): string[] {
  const slots = Math.min(profile.sessions, limits.sessionSlots);
  return Array.from({ length: slots }, (_, slot) => sessionKey(profile.customer_id, slot));
}

export interface Visit {
  /** The item was not in the session before. */
  readonly isNew: boolean;
  /**
   * Items near it in the session: those before it, latest first, then those after it, which there are when it comes late or
   * several come with one time. Empty unless it is new.
   */
  readonly beside: readonly string[];
}

/** Changes `session`: the item was visited at `atMs`. Items stay in the order of their latest visit. */
export function visitItem(session: CurrentSession, itemId: string, atMs: number): Visit {
  const { items, item_times: times } = session;
  const known = items.indexOf(itemId);
  if (known >= 0) {
    if (atMs <= (times[known] ?? 0)) return { isNew: false, beside: [] };
    items.splice(known, 1);
    times.splice(known, 1);
  }
  const place = placeOf(session, itemId, atMs);
  items.splice(place, 0, itemId);
  times.splice(place, 0, atMs);
  const beside = known >= 0 ? [] : nearest(items, place);
  if (items.length > limits.sessionItemsMax) {
    items.shift();
    times.shift();
  }
  return { isNew: known < 0, beside };
}

/** Both sides: otherwise the pairs of a session would depend on the order in which its items arrive. */
function nearest(items: readonly string[], place: number): string[] {
  const before = items.slice(Math.max(0, place - limits.covisitedMax), place).reverse();
  return [...before, ...items.slice(place + 1, place + 1 + limits.covisitedMax)];
}

/** By time; at one time by id, so that the order of arrival does not matter. */
function placeOf({ items, item_times: times }: CurrentSession, itemId: string, atMs: number): number {
  let place = items.length;
  while (place > 0) {
    const time = times[place - 1] ?? 0;
    if (time < atMs || (time === atMs && (items[place - 1] ?? '') < itemId)) break;
    place -= 1;
  }
  return place;
}

export function publicSession(customerId: string, session: CurrentSession): Session {
  const { session_key, started_at, last_at, items } = session;
  return { session_key, customer_id: customerId, started_at, last_at, items };
}
