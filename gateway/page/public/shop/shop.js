// The shop view: choose a customer, act as they would, and watch what is offered to them change.
import { byId, setText } from '../frame/elements.js';
import { isReachable, repeated } from '../frame/repeated.js';
import { ago } from '../words/times.js';
import { actFor } from './act.js';
import { showAnswer } from './answer.js';
import { readCustomer } from './customer.js';
import { showOffers } from './offers.js';
import { showPerson } from './person.js';
import { shelfPanel } from './shelf.js';
import { customerSwitcher } from './switcher.js';
import { showTimeline } from './timeline.js';

/** The customer's own events are followed at once; this catches what others change: rankings, stock. */
const refreshMs = 4000;

export function shopView() {
  let customerId = null;
  let isOpen = false;
  let asOfMs = null;
  let running = null;
  /** The position that the next reading has to reflect, when one is wanted while another goes on. */
  let wanted;

  const switcher = customerSwitcher(choose);
  const regular = repeated(() => refresh(null), refreshMs);
  const act = (eventType, item, recommendationId) => {
    if (customerId !== null) void actFor(customerId, eventType, item, recommendationId, refresh);
  };
  const shelf = shelfPanel(act);
  setInterval(() => setText(byId('as-of'), asOfMs === null ? '' : `as of ${ago(asOfMs)}`), 1000);

  function choose(id) {
    location.hash = `#/shop/${encodeURIComponent(id)}`;
  }

  function show(id) {
    if (id === customerId) return;
    customerId = id;
    setText(byId('told'), `You act as ${id}: look at something, put it into the cart, buy it.`);
    byId('told').dataset.state = '';
    byId('offers').replaceChildren();
    byId('no-offers').hidden = false;
    setText(byId('no-offers'), 'Reading…');
    byId('no-customer').hidden = true;
    switcher.mark(id);
    void refresh(null);
  }

  /** One question at a time; of those that come meanwhile only the last is asked. Answers when the page reflects `position`. */
  function refresh(position) {
    if (customerId === null || !isOpen || !isReachable()) return Promise.resolve();
    if (running === null) running = readOn(position);
    else wanted = position ?? wanted ?? null;
    return running;
  }

  async function readOn(position) {
    try {
      do {
        wanted = undefined;
        await read(customerId, position);
        position = wanted;
      } while (wanted !== undefined);
    } catch (error) {
      wanted = undefined;
      setText(byId('as-of'), `could not be read: ${error.message}`);
      asOfMs = null;
    } finally {
      running = null;
    }
  }

  async function read(id, position) {
    const { path, text, list, profile } = await readCustomer(id, position);
    if (id !== customerId) return;
    asOfMs = list.fallback.used ? null : Date.parse(list.as_of);
    showPerson(id, profile, list);
    showOffers(id, list, act);
    showAnswer(path, text);
    showTimeline(profile);
  }

  return {
    open(id) {
      isOpen = true;
      const next = id || customerId || switcher.first();
      if (next !== null) show(next);
      shelf.start();
      regular.start();
    },
    close() {
      isOpen = false;
      regular.stop();
      shelf.stop();
    },
    /** An event came in: if it is of the chosen customer, what is shown must reflect it. */
    saw({ customer_id, position }) {
      switcher.saw(customer_id);
      if (!isOpen) return;
      if (customerId === null) show(customer_id);
      else if (customerId === customer_id) void refresh(position);
    },
  };
}
