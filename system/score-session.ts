// Lists for somebody of whom only a session is known: the pure scorer, fed from the serving store.
import type { GatewayDependencies } from '../gateway/dependencies.ts';
import { scoreSession } from '../models/score-session.ts';
import { itemFeatures, rankings } from '../schemas/topics.ts';
import type { ReadableStore } from '../gateway/serving-reads.ts';
import type { ModelTimer } from './model-timer.ts';

/** Items whose neighbours are fetched: older ones of a session hardly matter. */
const SESSION_ITEMS_MAX = 20;
const FALLBACK_LIST = 'popular';
/** What its times are counted under. */
const MODEL = 'session';

/** Neighbours and the fallback are read from the store in one round trip; nothing is kept. */
export function sessionScorer(store: ReadableStore, time: ModelTimer): GatewayDependencies['scoreSession'] {
  return async (session, limit) => {
    const latest = session.slice(-SESSION_ITEMS_MAX);
    const [ranking, ...features] = await store.getMany([
      { collection: rankings.name, key: FALLBACK_LIST },
      ...latest.map((key) => ({ collection: itemFeatures.name, key })),
    ]);
    const neighbours = new Map(
      features.map((bytes, index) => [latest[index], bytes ? itemFeatures.codec.decode(bytes).neighbours : []]),
    );
    const fallback = ranking ? rankings.codec.decode(ranking).items.map((item) => item.item_id) : [];
    const neighboursOf = (id: string) => neighbours.get(id) ?? [];
    return time(MODEL, () => scoreSession({ session: latest, neighboursOf, fallback, limit }));
  };
}
