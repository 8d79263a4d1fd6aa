// Does something as the customer: sends the interaction, waits until the list reflects it, and says how long that took.
import { post } from '../frame/api.js';
import { byId, setText } from '../frame/elements.js';
import { deedOf } from '../words/deeds.js';
import { asDuration } from '../words/numbers.js';

/**
 * @param {{ item_id: string, title: string | null }} item
 * @param {string | null} recommendationId  of the list that it was clicked in
 * @param {(position: string) => Promise<void>} reflected
 */
export async function actFor(customerId, eventType, item, recommendationId, reflected) {
  const startMs = performance.now();
  const deed = `${customerId} ${deedOf(eventType, item.title ?? item.item_id)}`;
  tell('doing', `${deed}…`);
  try {
    const { position } = await post('/api/v1/interactions', {
      customer_id: customerId,
      event_type: eventType,
      item_id: item.item_id,
      channel: 'web',
      ...(recommendationId !== null && { recommendation_id: recommendationId }),
    });
    if (position === null) return tell('done', `${deed}. Nothing was kept: they do not want to be known.`);
    await reflected(position);
    tell('done', `${deed}. The list knew it ${asDuration(performance.now() - startMs)} after the click.`);
  } catch (error) {
    tell('failed', `That was not accepted: ${error.message || 'a key is needed.'}`);
  }
}

function tell(state, text) {
  const told = byId('told');
  told.dataset.state = state;
  setText(told, text);
}
