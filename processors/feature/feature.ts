// The processor `feature`: folds what happens to an item, and publishes its features and the lists it leads.
//
// Folding is cheap and done at every event; publishing is not, and waits until there is more to tell.
import { processor, type Event, type TableAccess } from '../../streams/index.ts';
import type { BasketTotal, ItemEvent, ListHead } from '../../schemas/types.ts';
import * as topics from '../../schemas/topics.ts';
import { catalogue } from '../lookups/catalogue.ts';
import { applyItemEvent, emptyActivity } from './apply-item-event.ts';
import { featuresOf } from './features-of.ts';
import { inSteps } from './heat-steps.ts';
import { emptyHead, partOf, placeItem } from './list-head.ts';
import { admit } from './listed-names.ts';
import { heatsOf, namedList, placingsOf, type Placing } from './lists.ts';
import { occurrences } from './occurrences.ts';
import { toldLevels } from './told-levels.ts';

export const feature = processor({
  name: 'feature',
  reads: { itemEvents: topics.itemEvents },
  keeps: {
    itemActivity: topics.itemActivity,
    itemFeatures: topics.itemFeatures,
    basketTotals: topics.basketTotals,
    listHeads: topics.listHeads,
  },
  looksUp: { catalogue, occurrences },
  writes: { rankingParts: topics.rankingParts },
  on: {
    itemEvents(event: Event<ItemEvent>, context) {
      const { tables, lookups } = context;
      const itemEvent = event.value ?? context.reject('no_value', 'an item event without a value');
      const activity = tables.itemActivity.get(event.key) ?? emptyActivity(event.key);
      const before = heatsOf(activity, itemEvent);
      const told = toldLevels(activity, itemEvent);
      // Of an item that was folded before there were totals, all of its baskets are still to be added.
      const openedBefore = activity.events > 0 ? activity.baskets_opened : 0;
      applyItemEvent(activity, itemEvent);
      tables.itemActivity.set(event.key, activity);
      addBaskets(tables.basketTotals, context.partition, activity.baskets_opened - openedBefore);
      if (toldLevels(activity, itemEvent).some((level, index) => level > (told[index] as number))) {
        tables.itemFeatures.set(event.key, featuresOf(activity, lookups.occurrences));
      }
      if (itemEvent.kind === 'pair') return;

      const categories = () => lookups.catalogue.attributesOf(event.key)?.categories ?? [];
      const drop = (list: string) => {
        tables.listHeads.delete(list);
        context.out.rankingParts.send(list, partOf(emptyHead(list), context.partition));
      };
      for (const placing of placingsOf(before, heatsOf(activity, itemEvent), itemEvent, categories)) {
        const { list, heat } = placing;
        if (!mayBeListed(tables.listHeads, placing, itemEvent.timestamp, drop)) continue;
        const head = tables.listHeads.get(list) ?? emptyHead(list);
        const sentHeat = inSteps(head.placing_heat);
        if (!placeItem(head, event.key, heat, itemEvent.timestamp)) continue;
        tables.listHeads.set(list, head);
        if (inSteps(head.placing_heat) > sentHeat) context.out.rankingParts.send(list, partOf(head, context.partition));
      }
    },
  },
});

/** `drop` is told the list that has to go for it. */
function mayBeListed(
  heads: TableAccess<ListHead>,
  { heat, listed }: Placing,
  atMs: number,
  drop: (list: string) => void,
): boolean {
  if (listed === undefined) return true;
  const { among, name } = listed;
  const head = heads.get(among) ?? emptyHead(among);
  const { isListed, isChanged, dropped } = admit(head, name, heat, atMs);
  if (isChanged) heads.set(among, head);
  if (dropped !== undefined) drop(namedList(among, dropped));
  return isListed;
}

function addBaskets(totals: TableAccess<BasketTotal>, part: number, opened: number): void {
  if (opened === 0) return;
  const key = String(part);
  totals.set(key, { part, baskets: (totals.get(key)?.baskets ?? 0) + opened });
}
