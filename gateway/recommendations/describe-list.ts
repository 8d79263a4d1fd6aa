// A list as it is answered: JSON, written piece by piece, as what an item is called is the same in thousands of lists.
import { LRUCache } from 'lru-cache';
import type { Item } from '../../schemas/types.ts';
import { whenThere, type MaybePromise } from '../../serving/serving-store.ts';
import { jsonText, type Answer } from '../http/answer.ts';
import type { GatewayMetrics } from '../metrics.ts';
import type { ServingReads } from '../serving-reads.ts';
import type { Chosen } from './choose.ts';
import type { MadeList } from './make-list.ts';
import type { Question } from './question.ts';
import { reasonsFor, type Explain, type TitleOf } from './reasons.ts';

interface Dependencies {
  readonly reads: Pick<ServingReads, 'titles'>;
  readonly count: GatewayMetrics['served'];
}

export function describeList(
  made: MadeList,
  { placement, context, explain }: Question,
  reached: { readonly position_reached?: boolean | null },
  { reads, count }: Dependencies,
): MaybePromise<Answer> {
  count(algorithmOf(made), made.head.fallback.used);
  const head = JSON.stringify({
    ...made.head,
    ...(placement !== null && { placement }),
    ...(Object.keys(context).length > 0 && { context }),
    ...reached,
  });
  return whenThere(titlesFor(made.chosen, explain, reads), (titleOf) => {
    const items = made.chosen.map((each, index) => described(each, index + 1, explain, titleOf));
    return jsonText(200, `${head.slice(0, -1)},"items":[${items.join(',')}]}`);
  });
}

/** What a list is counted as: the algorithm of its first item. */
export function algorithmOf({ chosen }: MadeList): string {
  return chosen[0]?.algorithm ?? 'none';
}

function titlesFor(chosen: readonly Chosen[], explain: Explain, reads: Dependencies['reads']): MaybePromise<TitleOf> {
  if (explain === 'none') return () => null;
  return reads.titles(chosen.flatMap(({ because }) => because.map(({ item_id }) => item_id)));
}

function described(each: Chosen, rank: number, explain: Explain, titleOf: TitleOf): string {
  const { item_id, item, score, algorithm, propensity = 1 } = each;
  const name = item === undefined ? nameOf(item_id, null) : nameOfItem(item);
  const place = `"score":${score},"rank":${rank},"algorithm":${JSON.stringify(algorithm)},"propensity":${propensity}`;
  return `{${name},${place}${reasons(each, explain, titleOf)}}`;
}

function reasons(each: Chosen, explain: Explain, titleOf: TitleOf): string {
  if (explain === 'none') return '';
  const { algorithm, because, list } = each;
  // Where nothing of the customer's led to the item it is the same sentence for everybody.
  const words = because.length === 0 ? generalReasons[explain] : undefined;
  const key = `${algorithm} ${list}`;
  let written = words?.get(key);
  if (written !== undefined) return written;
  written = `,"reasons":${JSON.stringify(reasonsFor(each, explain, titleOf))}`;
  words?.set(key, written);
  return written;
}

const generalReasonsMax = 1_000;
const generalReasons = {
  summary: new LRUCache<string, string>({ max: generalReasonsMax }),
  full: new LRUCache<string, string>({ max: generalReasonsMax }),
};

/** While the catalogue says the same of an item, it is the same object. */
const names = new WeakMap<Item, string>();

function nameOfItem(item: Item): string {
  let name = names.get(item);
  if (name === undefined) names.set(item, (name = nameOf(item.item_id, item.title)));
  return name;
}

function nameOf(itemId: string, title: string | null): string {
  return `"item_id":${JSON.stringify(itemId)},"title":${JSON.stringify(title)}`;
}
