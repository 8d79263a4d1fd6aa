// What the items learn from an interaction. Nothing here says who the customer is.
import type { Interaction, ItemEvent } from '../../schemas/types.ts';
import type { Step } from './apply-interaction.ts';

/**
 * One event for the item itself and one for each item that it met for the first time in the session or basket: so both items of a
 * pair learn of it, each under its own key. Of items that are doubted there are no pairs.
 */
export function itemEventsOf(
  interaction: Interaction,
  atMs: number,
  step: Step,
  { segment, location }: Pick<ItemEvent, 'segment' | 'location'>,
  doubted: ReadonlySet<string> = new Set(),
): ItemEvent[] {
  const { item_id: itemId } = interaction;
  if (itemId === null || step.meaning.kind === 'shown') return [];
  const covisited = learntOf(step.visit.beside, itemId, doubted);
  const cobought = learntOf(step.basket.others, itemId, doubted);
  const own: ItemEvent = {
    item_id: itemId,
    kind: 'interaction',
    event_type: interaction.event_type,
    timestamp: atMs,
    new_in_session: step.visit.isNew,
    new_in_basket: step.basket.isNewItem,
    opens_basket: step.basket.opensBasket,
    covisited,
    cobought,
    channel: interaction.channel,
    segment,
    campaign_id: interaction.campaign_id,
    location,
    value: step.money,
    quantity: interaction.quantity,
  };
  const events = [own];
  for (const partner of covisited) events.push(pairEvent(own, partner));
  for (const partner of cobought) if (!covisited.includes(partner)) events.push(pairEvent(own, partner));
  return events;
}

/** The other items of a pair with it. */
function learntOf(partners: readonly string[], itemId: string, doubted: ReadonlySet<string>): string[] {
  if (partners.length === 0 || doubted.has(itemId)) return [];
  return partners.filter((partner) => !doubted.has(partner));
}

function pairEvent(own: ItemEvent, partner: string): ItemEvent {
  return {
    item_id: partner,
    kind: 'pair',
    event_type: own.event_type,
    timestamp: own.timestamp,
    new_in_session: false,
    new_in_basket: false,
    opens_basket: false,
    covisited: own.covisited.includes(partner) ? [own.item_id] : [],
    cobought: own.cobought.includes(partner) ? [own.item_id] : [],
    channel: null,
    segment: null,
    campaign_id: null,
    location: null,
    value: null,
    quantity: 1,
  };
}
