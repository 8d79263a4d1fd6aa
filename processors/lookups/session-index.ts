// The latest sessions of all customers, as the session-kNN model wants them.
import { SessionIndex } from '../../models/session-index.ts';
import { sessions } from '../../schemas/topics.ts';
import { lookup, type LookupDefinition } from '../../streams/index.ts';

const SESSIONS_MAX = 200_000;

/**
 * The lookup for an index of at most so many sessions; older ones are forgotten. As many of the newest records are read of each
 * partition at the start, which fills the index however unevenly they lie.
 */
export function sessionIndexOf(sessionsMax: number): LookupDefinition<SessionIndex> {
  return lookup({
    name: 'session-index',
    reads: { sessions },
    create: () => new SessionIndex({ sessionsMax }),
    apply: {
      sessions(view, key, value) {
        // One item leads to no other, and would take the place of a session that does.
        if (value === null || value.items.length < 2) view.remove(key);
        else view.upsert(key, value.items, value.last_at);
      },
    },
    newestRecordsMax: sessionsMax,
  });
}

/** With the default size; the composition root may put another in its place. */
export const sessionIndex = sessionIndexOf(SESSIONS_MAX);
