// What is offered now, with reasons in words. Rows that stay are kept, so that an opened reason stays open and only what is
// new lights up; each says how it has moved since the list before.
import { byId, element, setText } from '../frame/elements.js';
import { deedOf } from '../words/deeds.js';
import { counted } from '../words/numbers.js';
import { algorithmInWords, fallbackInWords, reasonInWords } from '../words/reasons.js';
import { exactTime } from '../words/times.js';
import { deedButtons } from './deed-buttons.js';
import { itemDetails } from './item-details.js';
import { priceOf } from './shelf.js';

/** The places of the list before, to say what moved. */
const former = { customerId: null, listId: null, places: new Map(), moves: new Map() };

/** @param {(eventType: string, item: object, recommendationId: string | null) => void} act */
export function showOffers(customerId, list, act) {
  const { items, fallback } = list;
  const note = byId('offers-note');
  note.hidden = !fallback.used;
  setText(note, fallbackInWords(fallback) ?? '');
  byId('no-offers').hidden = items.length > 0;
  if (items.length === 0) setText(byId('no-offers'), 'There is nothing to offer yet.');
  const moves = movesOf(customerId, list);
  place(
    byId('offers'),
    items.map((item) => ({ item, move: moves.get(item.item_id) ?? null })),
    (eventType, item) => act(eventType, item, fallback.used ? null : list.recommendation_id),
  );
}

/** By item: places gained, or 'new'. They stay until there is another list. */
function movesOf(customerId, { recommendation_id, fallback, items }) {
  const listId = fallback.used ? items.map(({ item_id }) => item_id).join('\n') : recommendation_id;
  if (former.customerId === customerId && former.listId === listId) return former.moves;
  const places = new Map(items.map(({ item_id, rank }) => [item_id, rank]));
  const moves = new Map();
  if (former.customerId === customerId) {
    for (const [itemId, rank] of places) {
      const before = former.places.get(itemId);
      if (before !== rank) moves.set(itemId, before === undefined ? 'new' : before - rank);
    }
  }
  Object.assign(former, { customerId, listId, places, moves });
  return moves;
}

function place(list, entries, act) {
  const refocus = focusWithin(list);
  const known = new Map([...list.children].map((row) => [row.dataset.item, row]));
  const rows = entries.map(({ item, move }) => {
    const row =
      known.get(item.item_id) ??
      element('li', { dataset: { item: item.item_id }, className: known.size > 0 ? 'fresh' : '' });
    const content = JSON.stringify([item, move]);
    if (row.dataset.content !== content) fill(row, item, move);
    row.dataset.content = content;
    row.act = act;
    return row;
  });
  if (rows.length !== list.childElementCount || rows.some((row, index) => list.children[index] !== row))
    list.replaceChildren(...rows);
  refocus();
}

/** Rows that are moved or filled anew lose the focus: answers what gives it back, or to the list when its row is gone. */
function focusWithin(list) {
  const row = document.activeElement?.closest('#offers > li') ?? null;
  if (row === null) return () => {};
  const controls = () => [...row.querySelectorAll('button, summary')];
  const place = controls().indexOf(document.activeElement);
  return () => (row.isConnected ? (controls()[place] ?? list) : list).focus({ preventScroll: true });
}

function fill(row, item, move) {
  const isOpen = row.querySelector('details')?.open ?? false;
  const price = element('span', { className: 'price' });
  void itemDetails(item.item_id).then((details) => setText(price, priceOf(details)));
  row.replaceChildren(
    element('span', { className: 'rank' }, String(item.rank)),
    element('span', { className: 'name' }, element('span', {}, item.title ?? item.item_id), ' ', moved(move)),
    price,
    why(item, isOpen),
    element(
      'div',
      { className: 'foot' },
      element('span', { className: 'algorithm', title: item.algorithm }, algorithmInWords(item.algorithm)),
      deedButtons(item, (eventType) => row.act(eventType, item)),
    ),
  );
}

function moved(move) {
  if (move === null) return '';
  if (move === 'new') return element('span', { className: 'move' }, 'new');
  const places = Math.abs(move);
  return element(
    'span',
    {
      className: 'move',
      dataset: { way: move > 0 ? 'up' : 'down' },
      title: `${counted(places, 'place')} ${move > 0 ? 'up' : 'down'}`,
    },
    `${move > 0 ? '▲' : '▼'} ${places}`,
  );
}

function why(item, isOpen) {
  const [reason] = item.reasons;
  if (reason === undefined) return '';
  const { because, rest } = reasonInWords(reason, item.item_id);
  if (because === null) return element('p', { className: 'why' }, rest);
  return element(
    'details',
    { className: 'why', open: isOpen },
    element('summary', {}, element('b', {}, because), `: ${rest}.`),
    element('ul', {}, ...reason.interactions.map(cause)),
  );
}

function cause({ event_type, title, item_id, timestamp, interaction_id }) {
  const at = timestamp === null ? '' : `, ${exactTime(Date.parse(timestamp))}`;
  return element(
    'li',
    {},
    `${deedOf(event_type ?? 'view', title ?? item_id)}${at} (${interaction_id ?? 'in this session'})`,
  );
}
