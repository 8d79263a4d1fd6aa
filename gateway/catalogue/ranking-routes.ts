// The rankings: trending and popular items, of the whole shop and of its parts.
import type { Ranking } from '../../schemas/types.ts';
import { problemAnswer } from '../contract/common.ts';
import { route } from '../contract/declare.ts';
import { named, nullable } from '../contract/json-schema.ts';
import { idInPath, wholeNumber } from '../contract/parameters.ts';
import * as shown from '../contract/shown.ts';
import type { GatewayClock } from '../dependencies.ts';
import { Problem } from '../errors.ts';
import { json, type Answer } from '../http/answer.ts';
import type { Route } from '../http/route.ts';
import type { ServingReads } from '../serving-reads.ts';
import { isAvailable } from './available.ts';

type Dependencies = { readonly reads: ServingReads; readonly clock: GatewayClock };

/** The lists that every shop has. Those by category, campaign and location are too many to be listed: ask for them by name. */
const listed = [
  'trending',
  'popular',
  ...['web', 'app', 'email', 'store'].map((channel) => `popular:channel:${channel}`),
  ...['New', 'Standard', 'Premium', 'VIP'].map((segment) => `popular:segment:${segment}`),
];

const tag = 'Rankings';
const updatedAt = shown.time('Event time.');

export function rankingRoutes(dependencies: Dependencies): Route[] {
  return [
    route({
      method: 'GET',
      at: '/api/v1/rankings',
      scope: 'read',
      id: 'listRankings',
      tag,
      summary: 'Which rankings there are.',
      description: 'Those by category, campaign and location are not listed: ask for them by name.',
      answers: {
        200: {
          description: 'Each with the number of its items.',
          schema: named(
            'Rankings',
            shown.shape({
              rankings: shown.list(shown.shape({ list: shown.text(), updated_at: updatedAt, items: shown.whole() })),
            }),
          ),
        },
      },
      examples: [
        {
          name: 'rankings',
          summary: 'Which rankings there are',
          status: 200,
          answer: { rankings: [{ list: 'trending', updated_at: '2026-11-22T20:51:56.246Z', items: 100 }] },
        },
      ],
      handle: () => overview(dependencies),
    }),
    route({
      method: 'GET',
      at: '/api/v1/rankings/:list',
      scope: 'read',
      id: 'getRanking',
      tag,
      summary: 'The items of a ranking.',
      description:
        '`trending` (interest that halves each hour), `popular` (each day), `popular:channel:<channel>`, `popular:segment:<segment>`, `popular:campaign:<campaign_id>`, `popular:location:<location>` or `popular:category:<category>`.',
      path: { list: idInPath('The ranking’s name.') },
      query: { limit: wholeNumber('How many items at most.', { byDefault: 20, max: 100 }) },
      answers: {
        200: { description: 'Those items of it that may be shown now.', schema: ranking },
        404: problemAnswer('There is no ranking of this name.'),
      },
      examples: [
        {
          name: 'lighting',
          summary: 'What is popular in a category',
          path: { list: 'popular:category:Lighting' },
          query: { limit: '1' },
          status: 200,
          answer: {
            list: 'popular:category:Lighting',
            updated_at: '2026-11-22T20:51:56.246Z',
            items: [{ item_id: 'home-lighting-02', title: 'Softhaven Woven Desk Lamp', score: 101.2, rank: 1 }],
          },
        },
      ],
      handle: ({ path: { list }, query: { limit } }) => show(list, limit, dependencies),
    }),
  ];
}

const ranking = named(
  'Ranking',
  shown.shape({
    list: shown.text(),
    updated_at: updatedAt,
    items: shown.list(
      shown.shape({
        item_id: shown.text(),
        title: nullable(shown.text('null when the catalogue does not know the item.')),
        score: shown.number('Compares items of this ranking only.'),
        rank: shown.whole('From 1.'),
      }),
    ),
  }),
);

async function overview({ reads }: Dependencies): Promise<Answer> {
  const found = await reads.rankings(listed);
  const rankings = found.map(({ list, updated_at, items }) => ({
    list,
    updated_at: new Date(updated_at).toISOString(),
    items: items.length,
  }));
  return json(200, { rankings });
}

async function show(list: string, limit: number, dependencies: Dependencies): Promise<Answer> {
  const [found] = await dependencies.reads.rankings([list]);
  if (found === undefined) throw new Problem(404, 'There is no ranking of this name.');
  return json(200, await describeRanking(found, limit, dependencies));
}

async function describeRanking({ list, updated_at, items }: Ranking, limit: number, { reads, clock }: Dependencies) {
  const known = await reads.items(items.map(({ item_id }) => item_id));
  const shownItems = items
    .map(({ item_id, score }, index) => ({ item_id, score, item: known[index] }))
    .filter(({ item }) => isAvailable(item, clock.nowMs()))
    .slice(0, limit)
    .map(({ item_id, score, item }, index) => ({ item_id, title: item?.title ?? null, score, rank: index + 1 }));
  return { list, updated_at: new Date(updated_at).toISOString(), items: shownItems };
}
