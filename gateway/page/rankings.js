// The rankings, one at a time.
import { get } from './api.js';
import { byId, element } from './elements.js';

const refreshMs = 3000;
const shown = 16;

export function rankingPanel() {
  const choice = byId('ranking');
  choice.addEventListener('change', () => void refresh());
  setInterval(() => void refresh(), refreshMs);
  void refresh();

  async function refresh() {
    try {
      const { rankings } = await get('/api/v1/rankings');
      showChoices(rankings.map(({ list }) => list));
      const ranking =
        choice.value === '' ? null : await get(`/api/v1/rankings/${encodeURIComponent(choice.value)}?limit=${shown}`);
      showItems(ranking?.items ?? []);
    } catch {
      // The connection's state is shown on top; the next round asks again.
    }
  }

  function showChoices(lists) {
    const former = [...choice.options].map(({ value }) => value);
    if (former.join('\n') === lists.join('\n')) return;
    const { value } = choice;
    choice.replaceChildren(...lists.map((list) => element('option', { value: list }, inWords(list))));
    if (lists.includes(value)) choice.value = value;
  }

  function showItems(items) {
    byId('no-rankings').hidden = items.length > 0;
    byId('ranked').replaceChildren(
      ...items.map(({ rank, title, item_id }) =>
        element(
          'li',
          {},
          element('span', { className: 'rank' }, String(rank)),
          element('span', { className: 'name' }, title ?? item_id),
        ),
      ),
    );
  }
}

function inWords(list) {
  const [kind, ...rest] = list.split(':');
  return rest.length === 0 ? kind : `${kind}, ${rest.join(' ')}`;
}
