// What is published of an item waits until there is some 6 % more to tell, or for a busy item some five minutes. A pure function of
// the item's events, so that what is published does not depend on how they were batched.
import type { ItemActivity, ItemEvent } from '../../schemas/types.ts';
import { inSteps } from './heat-steps.ts';

/**
 * The features are published when one of these is higher after the event than before. The heat rises with the time as well, but hardly
 * by events that come late, as those of an import in no order do: these are counted. Baskets tell also when much else happens.
 */
export function toldLevels(activity: ItemActivity, { timestamp, cobought }: ItemEvent): readonly number[] {
  const { updated_at, event_heat, events, baskets, basket_counts } = activity;
  const happened = timestamp < updated_at ? Math.log(events) : event_heat;
  const shared = cobought.map((other) => Math.log(basket_counts.get(other) ?? 0));
  return [happened, Math.log(baskets), ...shared].map(inSteps);
}
