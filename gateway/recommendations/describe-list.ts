// A list as it is answered.
import { json, type Answer } from '../http/answer.ts';
import type { GatewayMetrics } from '../metrics.ts';
import type { ServingReads } from '../serving-reads.ts';
import type { MadeList } from './make-list.ts';
import type { Question } from './question.ts';
import { reasonsFor, type Explain } from './reasons.ts';

interface Dependencies {
  readonly reads: Pick<ServingReads, 'titles'>;
  readonly count: GatewayMetrics['served'];
}

export async function describeList(
  made: MadeList,
  { placement, context, explain }: Question,
  reached: { readonly position_reached?: boolean | null },
  { reads, count }: Dependencies,
): Promise<Answer> {
  count(algorithmOf(made), made.head.fallback.used);
  return json(200, {
    ...made.head,
    ...(placement !== null && { placement }),
    ...(Object.keys(context).length > 0 && { context }),
    ...reached,
    items: await described(made.chosen, explain, reads),
  });
}

/** What a list is counted as: the algorithm of its first item. */
export function algorithmOf({ chosen }: MadeList): string {
  return chosen[0]?.algorithm ?? 'none';
}

async function described(chosen: MadeList['chosen'], explain: Explain, reads: Dependencies['reads']) {
  const titles =
    explain === 'none'
      ? () => null
      : await reads.titles(chosen.flatMap(({ because }) => because.map(({ item_id }) => item_id)));
  return chosen.map((each, index) => ({
    item_id: each.item_id,
    title: each.item?.title ?? null,
    score: each.score,
    rank: index + 1,
    algorithm: each.algorithm,
    propensity: each.propensity ?? 1,
    ...(explain !== 'none' && { reasons: reasonsFor(each, explain, titles) }),
  }));
}
