// Puts the page together: one live stream feeds the events, the chart and the customer.
import { follow, hasKey, useKey } from './api.js';
import { throughputChart } from './charts.js';
import { customerPanel } from './customer.js';
import { byId, setText } from './elements.js';
import { eventList } from './events.js';
import { rankingPanel } from './rankings.js';

const states = { live: 'live', lost: 'connection lost, trying again…', key: 'a key is needed' };

const customer = customerPanel();
const events = eventList(customer.choose);
const chart = throughputChart();
let rankingsShown = false;
let openedMs = 0;

themeButton(chart.recolour);
keyForm();
start();

function start() {
  void follow(
    {
      history: ({ samples }) => chart.start(samples),
      sample: (sample) => {
        chart.add(sample);
        events.leftOut(sample.left_out);
      },
      interaction: (event) => {
        // What happened before the page was opened is no news.
        events.add(event, event.received_at >= openedMs);
        customer.saw(event);
      },
    },
    (state) => {
      openedMs = Date.now();
      const connection = byId('connection');
      connection.dataset.state = state;
      setText(connection, states[state]);
      byId('key-form').hidden = state !== 'key';
      if (state === 'key') askForKey();
      if (state === 'live' && !rankingsShown) rankingPanel();
      rankingsShown ||= state === 'live';
    },
  );
}

function keyForm() {
  byId('key-form').addEventListener('submit', (event) => {
    event.preventDefault();
    useKey(byId('key').value.trim());
    start();
  });
}

function askForKey() {
  setText(byId('key-problem'), hasKey() ? 'This key is not accepted.' : '');
  byId('key').focus();
}

/** As the system has it, until somebody chooses. */
function themeButton(changed) {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const stored = localStorage.getItem('freshet-theme');
  if (stored !== null) root.dataset.theme = stored;
  dark.addEventListener('change', changed);
  byId('theme').addEventListener('click', () => {
    const isDark = root.dataset.theme === undefined ? dark.matches : root.dataset.theme === 'dark';
    root.dataset.theme = isDark ? 'light' : 'dark';
    localStorage.setItem('freshet-theme', root.dataset.theme);
    changed();
  });
}
