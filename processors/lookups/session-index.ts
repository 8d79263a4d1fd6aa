// The latest sessions of all customers, as the session-kNN model wants them.
import { SessionIndex } from '../../models/session-index.ts';
import { sessions } from '../../schemas/topics.ts';
import { lookup, type LookupDefinition } from '../../streams/index.ts';

const SESSIONS_MAX = 200_000;

/** Records per session at the start: partitions are not all alike, and a session that goes on has several until they are compacted. */
const RECORDS_PER_SESSION = 2;

/** The lookup for an index of at most so many sessions; older ones are forgotten. */
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
    newestRecordsMax: RECORDS_PER_SESSION * sessionsMax,
  });
}

/** With the default size; the composition root may put another in its place. */
export const sessionIndex = sessionIndexOf(SESSIONS_MAX);
