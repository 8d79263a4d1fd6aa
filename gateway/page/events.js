// The list of events, newest first. Paused while the reader wants to look at it.
import { byId, element, setText } from './elements.js';
import { ago, asMoney, deedOf, kindOf } from './words.js';

const shownMax = 60;

/** @param {(customerId: string) => void} choose */
export function eventList(choose) {
  const list = byId('events');
  const pause = byId('pause');
  let paused = false;

  pause.addEventListener('click', () => {
    paused = !paused;
    pause.setAttribute('aria-pressed', String(paused));
    pause.textContent = paused ? 'Go on' : 'Pause';
  });
  setInterval(() => refreshTimes(list), 1000);

  return {
    add(event, isFresh) {
      if (paused) return;
      byId('no-events').hidden = true;
      list.prepend(row(event, isFresh, choose));
      while (list.childElementCount > shownMax) list.lastElementChild.remove();
    },
    leftOut(count) {
      setText(byId('left-out'), count > 0 ? `and ${count} more a second` : '');
    },
  };
}

function row(event, isFresh, choose) {
  const who = element(
    'button',
    { type: 'button', className: 'who', onclick: () => choose(event.customer_id) },
    event.customer_id,
  );
  const what = deedOf(event.event_type, event.title ?? event.item_id);
  const value = event.value === null || event.value === 0 ? '' : ` · ${asMoney(event.value)}`;
  return element(
    'li',
    { className: isFresh ? 'fresh' : '' },
    element('span', { className: 'mark', dataset: { kind: kindOf(event.event_type) } }),
    element('span', { className: 'what', title: `${event.customer_id} ${what}` }, who, ` ${what}${value}`),
    element('time', { className: 'when', dataset: { at: String(event.received_at) } }, ago(event.received_at)),
  );
}

function refreshTimes(list) {
  for (const time of list.querySelectorAll('time')) setText(time, ago(Number(time.dataset.at)));
}
