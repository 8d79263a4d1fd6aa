// The latest sessions of all customers, as the session-kNN model wants them.
import { SessionIndex } from '../../models/session-index.ts';
import { sessions } from '../../schemas/topics.ts';
import { lookup } from '../../streams/index.ts';

/** Of one partition. Enough to fill the index from a handful of partitions, and read within seconds. */
const NEWEST_RECORDS_MAX = 250_000;

export const sessionIndex = lookup({
  name: 'session-index',
  reads: { sessions },
  create: () => new SessionIndex(),
  apply: {
    sessions(view, key, value) {
      if (value === null) view.remove(key);
      else view.upsert(key, value.items, value.last_at);
    },
  },
  newestRecordsMax: NEWEST_RECORDS_MAX,
});
