// Puts the page together: one live stream feeds the views, of which one is shown at a time.
import { deadLettersView } from './dead-letters/dead-letters.js';
import { hasKey, useKey } from './frame/api.js';
import { byId, setText } from './frame/elements.js';
import { follow } from './frame/live-stream.js';
import { setReachable } from './frame/repeated.js';
import { themeButton } from './frame/theme.js';
import { showViews } from './frame/views.js';
import { liveView } from './live/live.js';
import { shopView } from './shop/shop.js';
import { topologyView } from './topology/topology.js';
import { setCurrency } from './words/numbers.js';

const states = { live: 'live', lost: 'no connection', key: 'a key is needed' };

const live = liveView();
const shop = shopView();

themeButton();
keyForm();
start();
showViews({ live, shop, topology: topologyView(), 'dead-letters': deadLettersView(askForKey) });

function start() {
  let openedMs = Infinity;
  void follow(
    {
      history: ({ samples, currency }) => {
        setCurrency(currency);
        live.start(samples);
      },
      sample: (sample) => live.sample(sample),
      interaction: (event) => {
        // What happened before the page was opened is no news.
        live.saw(event, event.received_at >= openedMs);
        shop.saw(event);
      },
    },
    (state, pauseMs) => {
      if (state === 'live') openedMs = Date.now();
      showState(state, pauseMs);
    },
  );
}

function showState(state, pauseMs) {
  const connection = byId('connection');
  connection.dataset.state = state;
  setText(connection, states[state]);
  const banner = byId('lost');
  banner.hidden = state !== 'lost';
  if (state === 'lost')
    setText(
      banner,
      `The server does not answer. Trying again ${pauseMs > 1000 ? `every ${Math.round(pauseMs / 1000)} seconds` : 'at once'}; what you see is what it said last.`,
    );
  byId('content').hidden = state === 'key';
  if (state === 'key') askForKey(hasKey() ? 'This key is not accepted.' : '');
  if (state === 'live') byId('key-form').hidden = true;
  setReachable(state === 'live');
}

function askForKey(problem) {
  byId('key-form').hidden = false;
  setText(byId('key-problem'), problem);
  byId('key').focus();
}

function keyForm() {
  byId('key-form').addEventListener('submit', (event) => {
    event.preventDefault();
    useKey(byId('key').value.trim());
    byId('key-form').hidden = true;
    if (byId('connection').dataset.state !== 'live') start();
    dispatchEvent(new HashChangeEvent('hashchange'));
  });
}
