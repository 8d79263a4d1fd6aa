// Reads what is offered to a customer and what is known of them.
import { get, getText } from '../frame/api.js';

const listLength = 8;

/** `position`: what the answers must reflect, null for whatever there is. `text` is the list exactly as it came. */
export async function readCustomer(customerId, position) {
  const id = encodeURIComponent(customerId);
  const since = position === null ? '' : `&min_position=${encodeURIComponent(position)}`;
  const path = `/api/v1/recommendations/${id}?limit=${listLength}&explain=full${since}`;
  const text = await getText(path);
  if (text === null) throw new Error('there is no answer for this customer.');
  const list = JSON.parse(text);
  const isUnknown = list.fallback.why === 'unknown_customer';
  return { path, text, list, profile: isUnknown ? null : await get(`/api/v1/customers/${id}`) };
}
