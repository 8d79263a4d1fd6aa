// The rankings: trending and popular items, of the whole shop and of its parts.
import type { Ranking } from '../../schemas/types.ts';
import type { GatewayClock } from '../dependencies.ts';
import { Problem } from '../errors.ts';
import { json, type Answer } from '../http/answer.ts';
import type { ApiRequest, Route } from '../http/route.ts';
import { checkedId, numberParameter } from '../parameters.ts';
import type { ServingReads } from '../serving-reads.ts';
import { isAvailable } from './available.ts';

type Dependencies = { readonly reads: ServingReads; readonly clock: GatewayClock };

const itemsByDefault = 20;
const itemsMax = 100;

/** The lists that every shop has. Those by category are too many to be listed: ask for them by name. */
const listed = [
  'trending',
  'popular',
  ...['web', 'app', 'email', 'store'].map((channel) => `popular:channel:${channel}`),
  ...['New', 'Standard', 'Premium', 'VIP'].map((segment) => `popular:segment:${segment}`),
];

export function rankingRoutes(dependencies: Dependencies): Route[] {
  return [
    { method: 'GET', path: '/api/v1/rankings', scope: 'read', handle: () => overview(dependencies) },
    { method: 'GET', path: '/api/v1/rankings/:list', scope: 'read', handle: (request) => show(request, dependencies) },
  ];
}

async function overview({ reads }: Dependencies): Promise<Answer> {
  const found = await reads.rankings(listed);
  const rankings = found.map(({ list, updated_at, items }) => ({
    list,
    updated_at: new Date(updated_at).toISOString(),
    items: items.length,
  }));
  return json(200, { rankings });
}

async function show({ params, query }: ApiRequest, dependencies: Dependencies): Promise<Answer> {
  const list = checkedId('list', params['list']);
  const limit = numberParameter(query, 'limit', itemsByDefault, itemsMax);
  const [ranking] = await dependencies.reads.rankings([list]);
  if (ranking === undefined) throw new Problem(404, 'There is no ranking of this name.');
  return json(200, await describeRanking(ranking, limit, dependencies));
}

async function describeRanking({ list, updated_at, items }: Ranking, limit: number, { reads, clock }: Dependencies) {
  const known = await reads.items(items.map(({ item_id }) => item_id));
  const shown = items
    .map(({ item_id, score }, index) => ({ item_id, score, item: known[index] }))
    .filter(({ item }) => isAvailable(item, clock.nowMs()))
    .slice(0, limit)
    .map(({ item_id, score, item }, index) => ({ item_id, title: item?.title ?? null, score, rank: index + 1 }));
  return { list, updated_at: new Date(updated_at).toISOString(), items: shown };
}
