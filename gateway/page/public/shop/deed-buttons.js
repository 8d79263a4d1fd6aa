// The three things that one can do with an item here.
import { element } from '../frame/elements.js';

const deeds = [
  { eventType: 'view', label: 'View', does: 'Look at' },
  { eventType: 'add_to_cart', label: 'Cart', does: 'Put into the cart:' },
  { eventType: 'purchase', label: 'Buy', does: 'Buy' },
];

/** @param {(eventType: string) => void} act */
export function deedButtons(item, act) {
  const name = item.title ?? item.item_id;
  return element(
    'div',
    { className: 'deeds', role: 'group' },
    ...deeds.map(({ eventType, label, does }) =>
      element(
        'button',
        {
          type: 'button',
          title: `${does} ${name}`,
          'aria-label': `${label}: ${name}`,
          dataset: { deed: eventType },
          onclick: () => act(eventType),
        },
        label,
      ),
    ),
  );
}
