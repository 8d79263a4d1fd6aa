// The shelf: items of a ranking, to be looked at, put into the cart and bought.
import { get } from '../frame/api.js';
import { byId, element, setChoices } from '../frame/elements.js';
import { repeated } from '../frame/repeated.js';
import { asMoney } from '../words/numbers.js';
import { listInWords } from '../words/reasons.js';
import { deedButtons } from './deed-buttons.js';
import { itemDetails } from './item-details.js';

const shown = 12;
/** Calm on purpose: who reaches for an item should find it where it was. */
const refreshMs = 60_000;
const emptyRefreshMs = 1500;
/** The lists of the whole shop. */
const general = ['trending', 'popular'];

/** @param {(eventType: string, item: object, recommendationId: null) => void} act */
export function shelfPanel(act) {
  const aisle = byId('aisle');
  const categories = new Set();
  const calm = repeated(refresh, refreshMs);
  /** Until there is something on it. */
  const eager = repeated(async () => {
    if (byId('shelf').childElementCount > 0) return eager.stop();
    await refresh();
  }, emptyRefreshMs);
  aisle.addEventListener('change', () => void refresh());

  async function refresh() {
    const { rankings } = await get('/api/v1/rankings');
    const lists = general.filter((list) => rankings.some((each) => each.list === list));
    const list = aisle.value || lists[0];
    if (list === undefined) return;
    const items = (await get(`/api/v1/rankings/${encodeURIComponent(list)}?limit=${shown}`))?.items ?? [];
    const details = await Promise.all(items.map(({ item_id }) => itemDetails(item_id)));
    for (const item of details) for (const category of item?.categories ?? []) categories.add(category);
    setChoices(aisle, aisles(lists, categories));
    if (aisle.value !== list) return;
    byId('no-shelf').hidden = items.length > 0;
    byId('shelf').replaceChildren(...items.map((item, index) => card(item, details[index], act)));
  }

  return {
    start: () => {
      calm.start();
      eager.start();
    },
    stop: () => {
      calm.stop();
      eager.stop();
    },
  };
}

function aisles(lists, categories) {
  const byCategory = [...categories]
    .toSorted((one, other) => one.localeCompare(other))
    .map((name) => `popular:category:${name}`);
  return [...lists, ...byCategory].map((list) => ({ value: list, text: listInWords(list) }));
}

function card(item, details, act) {
  const kind = [details?.brand, details?.categories?.at(-1)].filter((each) => each).join(' · ');
  return element(
    'li',
    { dataset: { item: item.item_id } },
    element('span', { className: 'name' }, item.title ?? item.item_id),
    element('span', { className: 'kind' }, kind),
    element('span', { className: 'price' }, priceOf(details)),
    deedButtons(item, (eventType) => act(eventType, item, null)),
  );
}

export function priceOf(details) {
  return details === null || details.price === null ? '' : asMoney(details.price);
}
