// One customer: who they are, their segment, and what to offer them with reasons. Follows them as they act.
import { get } from './api.js';
import { byId, element, setText } from './elements.js';
import { ago, asMoney, deedOf, fallbackInWords } from './words.js';

const recentMax = 10;
const listLength = 8;
/** Their own events are followed at once; this catches what others change: rankings, stock. */
const refreshMs = 4000;
/** Until the reader chooses, the page moves on from a customer who has been quiet so long to one who is busy. */
const quietMs = 10_000;

export function customerPanel() {
  const recent = [];
  let chosen = null;
  let chosenActedMs = 0;
  let isReaders = false;
  let segment = null;
  let asOfMs = null;
  let busy = false;
  let wanted = null;

  byId('search').addEventListener('submit', (event) => {
    event.preventDefault();
    const id = byId('customer-id').value.trim();
    if (id !== '') choose(id);
  });
  setInterval(() => chosen !== null && refresh(null), refreshMs);
  setInterval(showAge, 1000);

  function choose(customerId) {
    isReaders = true;
    show(customerId);
  }

  function show(customerId) {
    chosen = customerId;
    chosenActedMs = Date.now();
    segment = null;
    byId('list').replaceChildren();
    showRecent();
    void refresh(null);
  }

  /** An event came in: if it is of the chosen customer, what is shown must reflect it. */
  function saw({ customer_id, position }) {
    const isBack = recent.includes(customer_id);
    if (!isBack) {
      recent.unshift(customer_id);
      recent.splice(recentMax);
      showRecent();
    }
    if (chosen === customer_id) {
      chosenActedMs = Date.now();
      void refresh(position);
    } else if (chosen === null || (isBack && !isReaders && Date.now() - chosenActedMs > quietMs)) {
      show(customer_id);
    }
  }

  /** One question at a time; of those that come meanwhile only the last is asked. */
  async function refresh(position) {
    if (busy) {
      wanted = { position: position ?? wanted?.position ?? null };
      return;
    }
    busy = true;
    try {
      await read(chosen, position);
    } catch {
      setText(byId('as-of'), 'could not be read just now');
    }
    busy = false;
    if (wanted === null) return;
    const next = wanted;
    wanted = null;
    await refresh(next.position);
  }

  async function read(customerId, position) {
    const id = encodeURIComponent(customerId);
    const since = position === null ? '' : `&min_position=${encodeURIComponent(position)}`;
    const list = await get(`/api/v1/recommendations/${id}?limit=${listLength}&explain=full${since}`);
    const isUnknown = list === null || list.fallback.why === 'unknown_customer';
    const profile = isUnknown ? null : await get(`/api/v1/customers/${id}`);
    if (customerId !== chosen || list === null) return;
    byId('profile').replaceChildren(...describe(customerId, profile, list, segment));
    segment = profile?.segment ?? null;
    asOfMs = list.fallback.used ? null : Date.parse(list.as_of);
    byId('no-list').hidden = list.items.length > 0;
    if (list.items.length === 0) setText(byId('no-list'), 'There is nothing to offer yet.');
    showList(list.items);
    showAge();
  }

  function showRecent() {
    const buttons = recent.map((id) =>
      element('button', { type: 'button', 'aria-pressed': id === chosen, onclick: () => choose(id) }, id),
    );
    const focused = document.activeElement?.textContent;
    byId('recent').replaceChildren(...buttons);
    buttons.find((button) => button.textContent === focused && document.activeElement === document.body)?.focus();
  }

  function showAge() {
    setText(byId('as-of'), asOfMs === null ? '' : `reflects what happened ${ago(asOfMs)}`);
  }

  return { choose, saw };
}

function describe(customerId, profile, list, formerSegment) {
  const segment = profile?.segment ?? null;
  const hasChanged = formerSegment !== null && segment !== null && segment !== formerSegment;
  const note = fallbackInWords(list.fallback);
  return [
    element(
      'div',
      { className: 'person' },
      element('strong', {}, customerId),
      segment === null
        ? element('span', { className: 'badge none' }, profile === null ? 'unknown' : 'no segment')
        : element('span', { className: `badge ${hasChanged ? 'changed' : ''}` }, segment),
      note === null ? null : element('span', { className: 'hint' }, note),
    ),
    profile === null ? element('div') : facts(profile),
  ];
}

function facts(profile) {
  const latest = profile.recent[0];
  const entries = [
    ['last seen', profile.last_activity === null ? '–' : ago(Date.parse(profile.last_activity))],
    ['did last', latest === undefined ? '–' : deedOf(latest.event_type, latest.title ?? latest.item_id)],
    ['lifetime value', asMoney(profile.lifetime_value)],
    ['orders', String(profile.orders)],
    ['sessions', String(profile.sessions)],
    [
      'likes',
      profile.categories
        .slice(0, 3)
        .map(({ name }) => name)
        .join(', ') || '–',
    ],
    ...(profile.location === null ? [] : [['lives in', profile.location]]),
    ...(profile.segment_details === null
      ? []
      : [['in the segment since', ago(Date.parse(profile.segment_details.since))]]),
  ];
  return element(
    'dl',
    { className: 'facts' },
    ...entries.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
  );
}

/** Rows that stay are kept, so that an opened reason stays open and only what is new lights up. */
function showList(items) {
  const list = byId('list');
  const focused = document.activeElement?.closest('#list li') ?? null;
  const former = new Map([...list.children].map((row) => [row.dataset.item, row]));
  const rows = items.map((item) => {
    const row =
      former.get(item.item_id) ??
      element('li', { dataset: { item: item.item_id }, className: former.size > 0 ? 'fresh' : '' });
    const content = JSON.stringify(item);
    if (row.dataset.content !== content) fill(row, item);
    row.dataset.content = content;
    return row;
  });
  if (rows.length !== list.childElementCount || rows.some((row, index) => list.children[index] !== row))
    list.replaceChildren(...rows);
  // Moving a row takes the focus from it.
  if (focused?.isConnected) focused.querySelector('summary')?.focus({ preventScroll: true });
}

function fill(row, item) {
  const isOpen = row.querySelector('details')?.open ?? false;
  const reason = item.reasons[0];
  row.replaceChildren(
    element('span', { className: 'rank' }, String(item.rank)),
    element('span', { className: 'name' }, item.title ?? item.item_id),
    element('span', { className: 'algorithm' }, item.algorithm.replaceAll('_', ' ')),
    reason === undefined ? null : why(reason, isOpen),
  );
}

function why({ text, interactions }, isOpen) {
  if (interactions.length === 0) return element('span', { className: 'why' }, text);
  const deeds = interactions.map(({ event_type, title, item_id, timestamp, interaction_id }) => {
    const when = timestamp === null ? '' : `, ${new Date(timestamp).toLocaleString()}`;
    return element(
      'li',
      {},
      `${deedOf(event_type ?? 'view', title ?? item_id)}${when} (${interaction_id ?? 'this session'})`,
    );
  });
  return element(
    'details',
    { className: 'why', open: isOpen },
    element('summary', {}, text),
    element('ul', {}, ...deeds),
  );
}
