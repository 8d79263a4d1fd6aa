// The catalogue: what can be recommended, and what is known of it from behaviour.
import { items as topic } from '../../schemas/topics.ts';
import type { Item } from '../../schemas/types.ts';
import { appendValues, type Appending } from '../append-values.ts';
import { allRejected, listOf, objectBody, type Rejected } from '../bulk.ts';
import type { GatewayClock } from '../dependencies.ts';
import { Problem } from '../errors.ts';
import { json, type Answer } from '../http/answer.ts';
import type { ApiRequest, Route } from '../http/route.ts';
import { minPositionOf, waitedFor } from '../min-position.ts';
import { checkedId, numberParameter } from '../parameters.ts';
import { positionToken } from '../position.ts';
import type { ServingReads } from '../serving-reads.ts';
import { isAvailable } from './available.ts';
import { parseItem, type ParsedItem } from './parse-item.ts';

type Dependencies = Appending & { readonly reads: ServingReads; readonly clock: GatewayClock };

type Outcome =
  Rejected | { readonly status: 'accepted'; readonly item_id: string; readonly ignored?: readonly string[] };

const one = '/api/v1/items/:item_id';
const relatedByDefault = 10;
const relatedMax = 100;

export function itemRoutes(dependencies: Dependencies): Route[] {
  const { reads } = dependencies;
  return [
    { method: 'POST', path: '/api/v1/items', scope: 'admin', handle: (request) => replaceMany(request, dependencies) },
    { method: 'PUT', path: one, scope: 'admin', handle: (request) => replaceOne(request, dependencies) },
    { method: 'GET', path: one, scope: 'read', handle: (request) => show(request, dependencies) },
    {
      method: 'GET',
      path: `${one}/similar`,
      scope: 'read',
      handle: (request) => related(request, dependencies, async (id) => (await reads.itemFeatures(id))?.neighbours),
    },
    {
      method: 'GET',
      path: `${one}/bought-together`,
      scope: 'read',
      handle: (request) =>
        related(request, dependencies, async (id) => (await reads.itemFeatures(id))?.bought_together),
    },
  ];
}

async function replaceOne(request: ApiRequest, dependencies: Dependencies): Promise<Answer> {
  const itemId = checkedId('item_id', request.params['item_id']);
  const body = objectBody(await request.json(), 'Send the item as an object.');
  const { outcomes, position } = await replace([parseItem(body, '', itemId, dependencies.clock.nowMs())], dependencies);
  const [outcome] = outcomes;
  if (outcome?.status !== 'accepted') throw allRejected(outcome === undefined ? [] : [outcome]);
  return json(202, { ...outcome, position });
}

async function replaceMany(request: ApiRequest, dependencies: Dependencies): Promise<Answer> {
  const body = objectBody(await request.json(), 'Send {"items": [...]}.');
  const raw = listOf(body, 'items', dependencies.settings.eventsPerRequestMax);
  const nowMs = dependencies.clock.nowMs();
  const { outcomes: results, position } = await replace(
    raw.map((item, index) => parseItem(item, `/items/${index}`, null, nowMs)),
    dependencies,
  );
  const accepted = results.filter(({ status }) => status === 'accepted').length;
  const summary = { accepted, rejected: results.length - accepted, position, results };
  if (accepted === 0) throw allRejected(results, summary);
  return json(202, summary);
}

/** The former version of an item is replaced as a whole. */
async function replace(parsed: readonly ParsedItem[], dependencies: Dependencies) {
  const items = parsed.flatMap((each) => (each.ok ? [each.item] : []));
  const places = await appendValues(
    topic,
    items,
    { keyOf: ({ item_id }) => item_id, timeMsOf: ({ updated_at }) => updated_at },
    dependencies,
  );
  const outcomes = parsed.map((each): Outcome =>
    each.ok
      ? { status: 'accepted', item_id: each.item.item_id, ...(each.ignored.length > 0 && { ignored: each.ignored }) }
      : { status: 'rejected', errors: each.errors },
  );
  return { outcomes, position: places.length === 0 ? null : positionToken(places, 'items') };
}

async function show(request: ApiRequest, dependencies: Dependencies): Promise<Answer> {
  const { reads, clock } = dependencies;
  const itemId = checkedId('item_id', request.params['item_id']);
  const reached = await waitedFor(minPositionOf(request.query, ['items']), itemId, dependencies);
  const item = await reads.item(itemId);
  if (item === undefined) throw unknownItem();
  return json(200, { ...describeItem(item, clock.nowMs(), request.may('admin')), ...reached });
}

/** What an item costs the shop is nobody's business who may only read. */
function describeItem(item: Item, nowMs: number, withCost: boolean) {
  const { cost, ...shown } = item;
  return {
    ...shown,
    ...(withCost && { cost }),
    available: isAvailable(item, nowMs),
    updated_at: asTime(item.updated_at),
    published_at: asTime(item.published_at),
    expires_at: asTime(item.expires_at),
  };
}

async function related(
  { params, query }: ApiRequest,
  { reads, clock }: Dependencies,
  find: (itemId: string) => Promise<readonly { readonly item_id: string }[] | undefined>,
): Promise<Answer> {
  const itemId = checkedId('item_id', params['item_id']);
  const limit = numberParameter(query, 'limit', relatedByDefault, relatedMax);
  const found = await find(itemId);
  if (found === undefined && (await reads.item(itemId)) === undefined) throw unknownItem();
  const others = found ?? [];
  const known = await reads.items(others.map(({ item_id }) => item_id));
  const items = others
    .map((other, index) => ({ other, item: known[index] }))
    .filter(({ item }) => isAvailable(item, clock.nowMs()))
    .slice(0, limit)
    .map(({ other: { item_id, ...measures }, item }) => ({ item_id, title: item?.title ?? null, ...measures }));
  return json(200, { item_id: itemId, items });
}

function unknownItem(): Problem {
  return new Problem(404, 'This item is not known.');
}

function asTime(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString();
}
