// The rankings, one at a time.
import { get } from '../frame/api.js';
import { byId, element, setChoices } from '../frame/elements.js';
import { repeated } from '../frame/repeated.js';
import { listInWords } from '../words/reasons.js';

const refreshMs = 3000;
const shown = 20;

export function rankingPanel() {
  const choice = byId('ranking');
  const panel = repeated(refresh, refreshMs);
  choice.addEventListener('change', panel.start);
  return panel;

  async function refresh() {
    const { rankings } = await get('/api/v1/rankings');
    setChoices(
      choice,
      rankings.map(({ list }) => ({ value: list, text: listInWords(list) })),
    );
    const ranking =
      choice.value === '' ? null : await get(`/api/v1/rankings/${encodeURIComponent(choice.value)}?limit=${shown}`);
    showItems(ranking?.items ?? []);
  }
}

function showItems(items) {
  byId('no-rankings').hidden = items.length > 0;
  byId('ranked').replaceChildren(
    ...items.map(({ rank, title, item_id }) =>
      element('li', {}, element('span', { className: 'rank' }, String(rank)), element('span', {}, title ?? item_id)),
    ),
  );
}
