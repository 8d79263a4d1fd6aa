// What k6 sends: a shop's traffic, and probes that tell how long an event takes until the list reflects it. Read by k6, not by Node.
import { check, sleep } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter, Trend } from 'k6/metrics';

const url = __ENV.URL;
const rate = Number(__ENV.RATE);
const seconds = Number(__ENV.SECONDS);
/** While a stage is away, and until it has caught up, freshness is told apart. */
const awayFromMs = Number(__ENV.AWAY_FROM_S) * 1000;
const awayToMs = Number(__ENV.AWAY_TO_S) * 1000;
const customers = 3000;
const probesPerSecond = 2;
const probeWithinMs = 60_000;
/** Who is turned away tries again, as a client does that wants nothing lost. */
const againWithinMs = 60_000;

/** Each with how many of 100 requests it is. */
const shares = [
  { name: 'POST interaction', share: 40, act: postOne },
  { name: 'POST 20 interactions', share: 5, act: postMany },
  { name: 'GET recommendations', share: 30, act: readList },
  { name: 'GET similar items', share: 10, act: readSimilar },
  { name: 'POST session recommendations', share: 5, act: readForSession },
  { name: 'GET ranking', share: 5, act: readRanking },
  { name: 'POST impressions', share: 5, act: postImpressions },
];
const probes = ['POST probe', 'GET probe'];

const wrong = new Counter('wrong');
const turnedAway = new Counter('turned_away');
const freshness = new Trend('freshness', true);
const freshnessWhileAway = new Trend('freshness_while_away', true);

export const options = {
  scenarios: {
    shop: { executor: 'constant-arrival-rate', exec: 'shop', ...arrivals(rate, 50, 400) },
    probes: { executor: 'constant-arrival-rate', exec: 'probe', ...arrivals(probesPerSecond, 20, 150) },
  },
  summaryTrendStats: ['med', 'p(99)', 'max', 'count'],
  // Never missed: they make k6 count each name for itself.
  thresholds: Object.fromEntries(
    [...shares.map(({ name }) => name), ...probes].flatMap((name) => [
      [`http_req_duration{name:${name}}`, ['max>=0']],
      [`wrong{name:${name}}`, ['count>=0']],
      [`turned_away{name:${name}}`, ['count>=0']],
    ]),
  ),
};

function arrivals(perSecond, preAllocatedVUs, maxVUs) {
  return { rate: perSecond, timeUnit: '1s', duration: `${seconds}s`, preAllocatedVUs, maxVUs, gracefulStop: '120s' };
}

export function setup() {
  const { items } = http.get(`${url}/api/v1/rankings/popular?limit=100`).json();
  return { items: items.map(({ item_id }) => item_id) };
}

export function shop({ items }) {
  let drawn = Math.random() * 100;
  for (const { name, share, act } of shares) {
    drawn -= share;
    if (drawn < 0) return act(name, items);
  }
}

/** An event, then the list until it reflects that event. */
export function probe({ items }) {
  const customer = `probe-${exec.scenario.iterationInTest % 500}`;
  const startedMs = Date.now();
  const isAway = isBetween(startedMs - exec.scenario.startTime, awayFromMs, awayToMs);
  const accepted = post('POST probe', '/interactions', event(customer, oneOf(items)), [202]);
  if (accepted.status !== 202) return;
  const { position } = accepted.json();
  const path = `/recommendations/${customer}?limit=5&strict=true&min_position=${position}`;
  for (;;) {
    const isLast = Date.now() - startedMs > probeWithinMs;
    // 409: not reflected yet, within the time that one request may wait.
    if (get('GET probe', path, isLast ? [200] : [200, 409]).status !== 409 || isLast) break;
    sleep(0.05);
  }
  (isAway ? freshnessWhileAway : freshness).add(Date.now() - startedMs);
}

function isBetween(value, from, to) {
  return value >= from && value < to;
}

function postOne(name, items) {
  post(name, '/interactions', event(someone(), oneOf(items)), [202]);
}

function postMany(name, items) {
  const events = Array.from({ length: 20 }, () => event(someone(), oneOf(items)));
  post(name, '/interactions', { events }, [202]);
}

function readList(name) {
  get(name, `/recommendations/${someone()}?limit=10`, [200]);
}

function readSimilar(name, items) {
  get(name, `/items/${oneOf(items)}/similar?limit=10`, [200]);
}

function readForSession(name, items) {
  post(name, '/sessions/recommendations', { items: [oneOf(items), oneOf(items)], limit: 10 }, [200]);
}

function readRanking(name) {
  get(name, '/rankings/trending?limit=20', [200]);
}

function postImpressions(name, items) {
  const shown = [oneOf(items), oneOf(items)].map((item_id) => ({ item_id, propensity: 1 }));
  post(name, '/impressions', { customer_id: someone(), placement: 'home', items: shown }, [202]);
}

function event(customer_id, item_id) {
  const drawn = Math.random();
  if (drawn < 0.85) return { customer_id, event_type: 'view', item_id };
  if (drawn < 0.95) return { customer_id, event_type: 'add_to_cart', item_id };
  return { customer_id, event_type: 'purchase', item_id, value: 20 };
}

function someone() {
  return `load-${Math.floor(Math.random() * customers)}`;
}

function oneOf(items) {
  return items[Math.floor(Math.random() * items.length)];
}

function get(name, path, expected) {
  return judged(name, () => http.get(`${url}/api/v1${path}`, { tags: { name } }), expected);
}

function post(name, path, body, expected) {
  const params = { tags: { name }, headers: { 'content-type': 'application/json' } };
  return judged(name, () => http.post(`${url}/api/v1${path}`, JSON.stringify(body), params), expected);
}

function judged(name, ask, expected) {
  const untilMs = Date.now() + againWithinMs;
  let answer = ask();
  while (answer.status === 503 && Date.now() < untilMs) {
    turnedAway.add(1, { name });
    sleep(Number(answer.headers['Retry-After'] ?? 1));
    answer = ask();
  }
  if (!check(answer, { expected: ({ status }) => expected.includes(status) })) {
    wrong.add(1, { name });
    console.error(`WRONG ${name}: ${answer.status} ${answer.error} ${String(answer.body).slice(0, 200)}`);
  }
  return answer;
}

export function handleSummary(data) {
  return { [__ENV.SUMMARY]: JSON.stringify(data.metrics) };
}
