// The catalogue: what can be recommended, and what is known of it from behaviour.
import type { Item } from '../../schemas/types.ts';
import type { Appending } from '../append-values.ts';
import { allRejected, listIn, listSchema, objectBody, objectIn, parse, type Parsed } from '../contract/bodies.ts';
import {
  acceptedSchema,
  bulkOutcome,
  bulkSchema,
  position,
  problemAnswer,
  problemExample,
} from '../contract/common.ts';
import { route, type Body } from '../contract/declare.ts';
import { named, nullable, type JsonSchema } from '../contract/json-schema.ts';
import type { ValuesIn } from '../contract/object-kind.ts';
import { idInPath, wholeNumber } from '../contract/parameters.ts';
import * as shown from '../contract/shown.ts';
import type { GatewayClock, Placed } from '../dependencies.ts';
import { Problem } from '../errors.ts';
import { json, type Answer } from '../http/answer.ts';
import type { Route } from '../http/route.ts';
import { minPosition, waitedFor, type MinPosition } from '../min-position.ts';
import { positionToken } from '../position.ts';
import type { ServingReads } from '../serving-reads.ts';
import { isAvailable } from './available.ts';
import { boughtTogether } from './bought-together.ts';
import { itemChangeKind, itemExample, itemKind, itemSchema, listedItemKind } from './item-schema.ts';
import { ItemWrites } from './item-writes.ts';

type Dependencies = Appending & { readonly reads: ServingReads; readonly clock: GatewayClock };

const at = '/api/v1/items/:item_id';
const tag = 'Items';
const path = { item_id: idInPath('Yours.') };
const unknown = problemAnswer('This item is not known.');
const accepted = {
  description: 'It is in the log, and counts for every list within a second.',
  schema: acceptedSchema('ItemAccepted', { item_id: shown.text(), position }),
};
const acceptedExample = { status: 'accepted', item_id: 'lamp-8', position: 'items/3:118' };

export function itemRoutes(dependencies: Dependencies): Route[] {
  const writes = new ItemWrites(dependencies);
  const { eventsPerRequestMax } = dependencies.settings;
  return [
    route({
      method: 'GET',
      at,
      scope: 'read',
      id: 'getItem',
      tag,
      summary: 'An item, and whether it may be shown.',
      path,
      query: { min_position: minPosition(['items'], dependencies.settings) },
      answers: { 200: { description: 'As the catalogue has it.', schema: itemSchema }, 404: unknown },
      examples: [
        {
          name: 'lamp',
          summary: 'An item of the catalogue',
          path: { item_id: 'lamp-8' },
          status: 200,
          answer: itemExample,
        },
        {
          name: 'unknown',
          summary: 'One that nobody has told of',
          path: { item_id: 'lamp-77' },
          status: 404,
          answer: problemExample(404, 'Not Found', 'This item is not known.'),
        },
      ],
      handle: (asked, request) =>
        show(asked.path.item_id, asked.query.min_position, request.may('admin'), dependencies),
    }),
    route({
      method: 'PUT',
      at,
      scope: 'admin',
      id: 'putItem',
      tag,
      summary: 'Adds or replaces an item.',
      description: 'The former version is replaced as a whole.',
      path,
      body: objectBody(itemKind, { what: 'the item', idName: 'item_id' }),
      answers: { 202: accepted },
      examples: [
        {
          name: 'lamp',
          summary: 'A lamp',
          path: { item_id: 'lamp-8' },
          body: { title: 'Clamp Lamp', categories: ['Home', 'Lighting'], price: 39.9 },
          status: 202,
          answer: acceptedExample,
        },
      ],
      handle: async (asked) => {
        const { item_id } = asked.path;
        return acceptedAnswer(item_id, asked.body.ignored, await writes.replace([{ ...asked.body.value, item_id }]));
      },
    }),
    route({
      method: 'PATCH',
      at,
      scope: 'admin',
      id: 'changeItem',
      tag,
      summary: 'Sells out, hides, shows again, or sets the price.',
      description:
        'All else of the item stays. One that is out of stock or hidden is gone from every list within a second. An item that is not in the catalogue yet is hidden by `PUT` with `"hidden": true`.',
      path,
      body: objectBody(itemChangeKind, { what: 'the change', idName: 'item_id' }),
      answers: { 202: accepted, 404: unknown },
      examples: [
        {
          name: 'sold-out',
          summary: 'Sold out',
          path: { item_id: 'lamp-8' },
          body: { in_stock: false },
          status: 202,
          answer: acceptedExample,
        },
        {
          name: 'back',
          summary: 'There again, and cheaper',
          path: { item_id: 'lamp-8' },
          body: { in_stock: true, price: 29.9 },
          status: 202,
          answer: acceptedExample,
        },
      ],
      handle: async (asked) => {
        const { item_id } = asked.path;
        return acceptedAnswer(item_id, asked.body.ignored, await writes.change(item_id, asked.body.value));
      },
    }),
    route({
      method: 'POST',
      at: '/api/v1/items',
      scope: 'admin',
      id: 'postItems',
      tag,
      summary: 'Adds or replaces many items.',
      description: 'Each is judged for itself. All that are accepted are written together, or none.',
      body: itemsBody(eventsPerRequestMax),
      answers: {
        202: {
          description: 'At least one was accepted: see `results`.',
          schema: bulkSchema('ItemsAccepted', ['accepted', 'rejected'], itemOutcome),
        },
      },
      examples: [
        {
          name: 'lamps',
          summary: 'One of two can be used',
          body: {
            items: [
              { item_id: 'lamp-8', title: 'Clamp Lamp', categories: ['Home', 'Lighting'], price: 39.9 },
              { item_id: 'lamp-9', price: -1 },
            ],
          },
          status: 202,
          answer: {
            accepted: 1,
            rejected: 1,
            position: 'items/3:118',
            results: [
              { status: 'accepted', item_id: 'lamp-8' },
              {
                status: 'rejected',
                errors: [{ pointer: '/items/1/price', detail: 'must be a number from 0 to 1000000000000.' }],
              },
            ],
          },
        },
      ],
      handle: (asked) => replaceMany(asked.body, writes),
    }),
    related('similar', dependencies),
    related('bought-together', dependencies),
  ];
}

const itemOutcome = bulkOutcome(
  'ItemOutcome',
  shown.shape({ status: shown.choice(['accepted']), item_id: shown.text() }),
);

function itemsBody(itemsMax: number): Body<Parsed<ValuesIn<typeof listedItemKind>>[]> {
  return {
    schema: listSchema('items', listedItemKind.schema, itemsMax),
    read: (raw) =>
      listIn(objectIn(raw, 'Send {"items": [...]}.'), 'items', itemsMax).map((item, index) =>
        parse(listedItemKind, item, `/items/${index}`),
      ),
  };
}

function acceptedAnswer(itemId: string, ignored: readonly string[], places: readonly Placed[]): Answer {
  return json(202, {
    status: 'accepted',
    item_id: itemId,
    ...(ignored.length > 0 && { ignored }),
    position: positionToken(places, 'items'),
  });
}

async function replaceMany(
  parsed: readonly Parsed<ValuesIn<typeof listedItemKind>>[],
  writes: ItemWrites,
): Promise<Answer> {
  const places = await writes.replace(parsed.flatMap((each) => (each.ok ? [each.value] : [])));
  const results = parsed.map((each) =>
    each.ok
      ? { status: 'accepted', item_id: each.value.item_id, ...(each.ignored.length > 0 && { ignored: each.ignored }) }
      : { status: 'rejected', errors: each.errors },
  );
  const count = results.filter(({ status }) => status === 'accepted').length;
  const summary = {
    accepted: count,
    rejected: results.length - count,
    position: places.length === 0 ? null : positionToken(places, 'items'),
    results,
  };
  if (count === 0) throw allRejected(results, summary);
  return json(202, summary);
}

async function show(
  itemId: string,
  positions: MinPosition,
  withCost: boolean,
  dependencies: Dependencies,
): Promise<Answer> {
  const { reads, clock } = dependencies;
  const reached = await waitedFor(positions, itemId, dependencies);
  const item = await reads.item(itemId);
  if (item === undefined) throw unknownItem();
  return json(200, { ...describeItem(item, clock.nowMs(), withCost), ...reached });
}

/** What an item costs the shop is nobody's business who may only read. */
function describeItem(item: Item, nowMs: number, withCost: boolean) {
  const { cost, ...open } = item;
  return {
    ...open,
    ...(withCost && { cost }),
    available: isAvailable(item, nowMs),
    updated_at: asTime(item.updated_at),
    published_at: asTime(item.published_at),
    expires_at: asTime(item.expires_at),
  };
}

interface Relation {
  readonly id: string;
  readonly summary: string;
  readonly find: (
    itemId: string,
    reads: ServingReads,
    partitions: number,
  ) => Promise<readonly { readonly item_id: string }[] | undefined>;
  readonly measures: Readonly<Record<string, JsonSchema>>;
  readonly example: object;
}

const relations = {
  similar: {
    id: 'getSimilarItems',
    summary: 'Items that the same customers looked at.',
    find: async (itemId, reads) => (await reads.itemFeatures(itemId))?.neighbours,
    measures: { score: shown.number('Higher is more alike.') },
    example: { item_id: 'kitchen-baking-02', title: 'Casa Lumbre Everyday Proofing Basket', score: 0.42 },
  },
  'bought-together': {
    id: 'getItemsBoughtTogether',
    summary: 'Items that are bought with it.',
    find: boughtTogether,
    measures: {
      lift: shown.number('How many times as often as by chance.'),
      confidence: shown.number('The share of baskets with the one that have the other.'),
      count: shown.number('Baskets with both.'),
    },
    example: {
      item_id: 'kitchen-baking-02',
      title: 'Casa Lumbre Everyday Proofing Basket',
      lift: 3.5,
      confidence: 0.4,
      count: 12,
    },
  },
} as const satisfies Record<string, Relation>;

function related(name: keyof typeof relations, { reads, clock, settings }: Dependencies): Route {
  const relation: Relation = relations[name];
  const item = shown.shape({ item_id: shown.text(), title: nullable(shown.text()), ...relation.measures });
  return route({
    method: 'GET',
    at: `${at}/${name}`,
    scope: 'read',
    id: relation.id,
    tag,
    summary: relation.summary,
    description: 'Of an item that nobody has looked at yet the list is empty.',
    path,
    query: { limit: wholeNumber('How many items at most.', { byDefault: 10, max: 100 }) },
    answers: {
      200: {
        description: 'Those that may be shown now, best first.',
        schema: named(
          name === 'similar' ? 'SimilarItems' : 'ItemsBoughtTogether',
          shown.shape({ item_id: shown.text(), items: shown.list(item) }),
        ),
      },
      404: unknown,
    },
    examples: [
      {
        name,
        summary: relation.summary,
        path: { item_id: 'kitchen-baking-01' },
        query: { limit: '1' },
        status: 200,
        answer: { item_id: 'kitchen-baking-01', items: [relation.example] },
      },
    ],
    handle: async (asked) => {
      const { item_id } = asked.path;
      const found = await relation.find(item_id, reads, settings.partitions);
      if (found === undefined && (await reads.item(item_id)) === undefined) throw unknownItem();
      return json(200, { item_id, items: await shownOf(found ?? [], asked.query.limit, { reads, clock }) });
    },
  });
}

async function shownOf(
  others: readonly { readonly item_id: string }[],
  limit: number,
  { reads, clock }: Pick<Dependencies, 'reads' | 'clock'>,
) {
  const known = await reads.items(others.map(({ item_id }) => item_id));
  return others
    .map((other, index) => ({ other, item: known[index] }))
    .filter(({ item }) => isAvailable(item, clock.nowMs()))
    .slice(0, limit)
    .map(({ other: { item_id, ...measures }, item }) => ({ item_id, title: item?.title ?? null, ...measures }));
}

function unknownItem(): Problem {
  return new Problem(404, 'This item is not known.');
}

function asTime(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString();
}
