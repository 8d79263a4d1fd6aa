// The list of events, newest first. Paused while the reader wants to look at it.
import { byId, element, setText } from '../frame/elements.js';
import { deedOf, kindOf } from '../words/deeds.js';
import { asCount, asMoney } from '../words/numbers.js';
import { ago } from '../words/times.js';

const shownMax = 60;

export function eventList() {
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
      if (paused || isShown(list, event.position)) return;
      byId('no-events').hidden = true;
      insert(list, row(event, isFresh), event.received_at);
      while (list.childElementCount > shownMax) list.lastElementChild.remove();
    },
    leftOut(count) {
      setText(byId('left-out'), count > 0 ? `and ${asCount(count)} more a second` : '');
    },
  };
}

/** After a lost connection the server begins with what was there before. */
function isShown(list, position) {
  return [...list.children].some((row) => row.dataset.position === position);
}

/** Partitions don't come in one order: newest first is by the time at which they came in. */
function insert(list, row, receivedMs) {
  const older = [...list.children].find((other) => Number(other.dataset.at) <= receivedMs) ?? null;
  list.insertBefore(row, older);
}

function row(event, isFresh) {
  const { customer_id, event_type, item_id, title, value, currency, received_at, position } = event;
  const what = deedOf(event_type, title ?? item_id);
  const money = value === null || value === 0 ? '' : ` · ${asMoney(value, currency)}`;
  const who = element('a', { className: 'who', href: `#/shop/${encodeURIComponent(customer_id)}` }, customer_id);
  return element(
    'li',
    { className: isFresh ? 'fresh' : '', dataset: { at: String(received_at), position } },
    element('span', { className: 'mark', dataset: { kind: kindOf(event_type) } }),
    element('span', { className: 'what', title: `${customer_id} ${what}` }, who, ` ${what}${money}`),
    element('time', { className: 'when' }, ago(received_at)),
  );
}

function refreshTimes(list) {
  if (list.offsetParent === null) return;
  for (const row of list.children) setText(row.lastElementChild, ago(Number(row.dataset.at)));
}
