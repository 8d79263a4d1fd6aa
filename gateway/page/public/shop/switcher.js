// Chooses whose shop it is: somebody seen just now, somebody by id, or a visitor whom nobody knows yet.
import { byId, element } from '../frame/elements.js';

/** So many are offered; they stay until others are asked for, so that nothing moves under the pointer. */
const offeredMax = 8;
const seenMax = 60;

/** @param {(customerId: string) => void} choose */
export function customerSwitcher(choose) {
  const seen = new Set();
  let offered = [];
  let chosen = null;

  byId('search').addEventListener('submit', (event) => {
    event.preventDefault();
    const id = byId('customer-id').value.trim();
    if (id !== '') choose(id);
  });
  byId('new-visitor').addEventListener('click', () => choose(`visitor-${randomName()}`));
  byId('others').addEventListener('click', () => {
    offered = [...seen].slice(-offeredMax).reverse();
    show();
  });

  function show() {
    const ids = chosen === null || offered.includes(chosen) ? offered : [chosen, ...offered];
    byId('recent').replaceChildren(
      ...ids.map((id) =>
        element('button', { type: 'button', 'aria-pressed': id === chosen, onclick: () => choose(id) }, id),
      ),
    );
    byId('others').hidden = seen.size <= offeredMax;
  }

  return {
    first: () => offered[0] ?? null,
    mark(id) {
      chosen = id;
      show();
      byId('recent').querySelector('[aria-pressed=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    },
    saw(id) {
      if (seen.has(id)) return;
      seen.add(id);
      if (seen.size > seenMax) seen.delete(seen.values().next().value);
      if (offered.length < offeredMax) {
        offered = [...offered, id];
        showKeepingFocus();
      } else if (byId('others').hidden) show();
    },
  };

  function showKeepingFocus() {
    const focused = document.activeElement?.closest('#recent button')?.textContent;
    show();
    if (focused === undefined) return;
    [...byId('recent').children].find((button) => button.textContent === focused)?.focus({ preventScroll: true });
  }
}

function randomName() {
  return crypto.getRandomValues(new Uint32Array(1))[0].toString(36).slice(0, 5);
}
