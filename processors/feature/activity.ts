// The processor `activity`: folds what happens to an item into its counts, heats and pairs, and keeps the lists it leads.
import { processor, type Event } from '../../streams/index.ts';
import type { ItemEvent } from '../../schemas/types.ts';
import * as topics from '../../schemas/topics.ts';
import { catalogue } from '../lookups/catalogue.ts';
import { applyItemEvent, emptyActivity } from './apply-item-event.ts';
import { emptyHead, placeItem } from './list-head.ts';
import { heatsOf, placingsOf } from './lists.ts';

export const activity = processor({
  name: 'activity',
  reads: { itemEvents: topics.itemEvents },
  keeps: { itemActivity: topics.itemActivity, listHeads: topics.listHeads },
  looksUp: { catalogue },
  on: {
    itemEvents(event: Event<ItemEvent>, context) {
      const { itemActivity, listHeads } = context.tables;
      const itemEvent = event.value ?? context.reject('no_value', 'an item event without a value');
      const item = itemActivity.get(event.key) ?? emptyActivity(event.key);
      const before = heatsOf(item, itemEvent);
      applyItemEvent(item, itemEvent);
      itemActivity.set(event.key, item);
      if (itemEvent.kind === 'pair') return;

      const categories = () => context.lookups.catalogue.attributesOf(event.key)?.categories ?? [];
      for (const { list, heat } of placingsOf(before, heatsOf(item, itemEvent), itemEvent, categories)) {
        const head = listHeads.get(list) ?? emptyHead(list, context.partition);
        if (placeItem(head, event.key, heat, itemEvent.timestamp)) listHeads.set(list, head);
      }
    },
  },
});
