// Whatever is sent, the answer is never 5xx and never late. A failing run prints the seed that repeats it.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { ApiDocument } from './contract/document.ts';
import { documentedExamples, type DocumentedExample } from './contract/documented-examples.ts';
import { FakeServing } from './testing/fake-serving.ts';
import { openBench, type Bench } from './testing/gateway-bench.ts';
import { pick, randomFrom, type Random } from './testing/random.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
const rounds = 1500;

const bodies: [string, string, unknown][] = [
  [
    'POST',
    '/api/v1/interactions',
    {
      customer_id: 'ada',
      event_type: 'purchase',
      item_id: 'kettle',
      timestamp: '2026-11-22T20:00:00Z',
      value: 12.5,
      quantity: 2,
      currency: 'EUR',
      context: { a: 'b' },
      backfill: true,
    },
  ],
  [
    'POST',
    '/api/v1/interactions',
    {
      events: [
        { customer_id: 'ada', event_type: 'view', item_id: 'kettle' },
        { customer_id: 'bob', event_type: 'search', context: { q: 'tea' } },
      ],
    },
  ],
  [
    'POST',
    '/api/v1/impressions',
    {
      impressions: [
        { customer_id: 'ada', placement: 'home', items: [{ item_id: 'kettle', rank: 2, propensity: 0.5 }] },
        { customer_id: 'bob', sent_at: 1_795_378_500_000, timestamp: 1_795_378_400_000, items: [{ item_id: 'mug' }] },
      ],
    },
  ],
  ['POST', '/api/v1/identify', { anonymous_id: 'v-1', customer_id: 'ada', timestamp: '2026-11-22T20:00:00Z' }],
  ['POST', '/api/v1/unidentify', { anonymous_id: 'v-1', customer_id: 'ada' }],
  [
    'PUT',
    '/api/v1/customers/ada',
    { age: 36, gender: 'female', location: 'London', preferences: { a: 'b' }, consent: true, segment: 'VIP' },
  ],
  [
    'PUT',
    '/api/v1/items/kettle',
    {
      title: 'Kettle',
      categories: ['Kitchen'],
      tags: ['x'],
      price: 12,
      published_at: '2026-01-01T00:00:00Z',
      attributes: { colour: 'red' },
    },
  ],
  [
    'PUT',
    '/api/v1/rules/fuzz',
    { kind: 'recommend-filters', numbers: { view_factor: 0.5 }, words: { items_out: ['x'] } },
  ],
  [
    'POST',
    '/api/v1/sessions/recommendations',
    {
      items: ['kettle'],
      limit: 3,
      category: ['Kitchen'],
      filter: 'price<50,tag:"x"|y',
      exclude: ['mug'],
      context: { page: 'home' },
      diversity: 0.5,
      explain: 'full',
    },
  ],
  ['POST', '/api/v1/items', { items: [{ item_id: 'kettle', title: 'Kettle', in_stock: true }, { item_id: 'mug' }] }],
];
const addresses = [
  '/api/v1/recommendations/ada?limit=5&explain=true',
  '/api/v1/recommendations/ada?filter=price<=50,brand:"a b"|c,attributes.x!:y&category=a,b&exclude=c&diversity=0.5&context.page=home',
  '/api/v1/items/kettle/similar?limit=3',
  '/api/v1/rankings/trending',
  '/api/v1/customers/ada',
  '/api/v1/customers/ada/deletions/1:0',
  '/api/v1/dead-letters?limit=3&before=0:5,1:7',
  '/api/v1/dead-letters/1:0',
  '/openapi.json',
];

/** A stream that does not end; `live` has its own tests. */
const unending = '/api/v1/live';

suite(`fuzz, FUZZ_SEED=${seed}`, () => {
  let bench: Bench;
  let document: ApiDocument;
  let shown: readonly DocumentedExample[];
  before(async () => {
    // Nothing copies the log into this store: who waits for that must not wait in vain.
    const serving = Object.assign(new FakeServing(), { waitForProgress: () => Promise.resolve(true) });
    bench = await openBench({ LOG_LEVEL: 'error' }, { serving });
    document = JSON.parse((await bench.ask('GET', '/openapi.json')).text) as ApiDocument;
    shown = documentedExamples(document).filter(({ path }) => path !== unending);
  });
  after(() => bench.close());

  test('each route of the document is among those that are mutated', () => {
    const byHand = [...addresses.map((path) => ['GET', path] as const), ...bodies];
    const mutated = [...byHand, ...shown.map(({ method, path }) => [method, path] as const)];
    const missing = Object.entries(document.paths).flatMap(([template, methods]) => {
      const pattern = new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/?]+')}(\\?|$)`);
      return Object.keys(methods)
        .filter((each) => !mutated.some(([method, path]) => method === each.toUpperCase() && pattern.test(path)))
        .map((each) => `${each} ${template}`);
    });
    assert.deepEqual(missing, [`get ${unending}`]);
  });

  test('mutated bodies', async () => {
    const random = randomFrom(seed);
    const all = [
      ...bodies,
      ...shown.flatMap(({ method, path, body }): typeof bodies => (body === undefined ? [] : [[method, path, body]])),
    ];
    for (let round = 0; round < rounds; round += 1) {
      const [method, path, body] = pick(all, random);
      const text = mutatedText(JSON.stringify(mutated(structuredClone(body), random)), random);
      const { status } = await bench.ask(method, path, { rawBody: text });
      assert.ok(
        [200, 202, 400, 404, 422].includes(status),
        `${status} in round ${round}: ${method} ${path} ${text.toString().slice(0, 500)}`,
      );
    }
  });

  test('mutated addresses', async () => {
    const random = randomFrom(seed + 1);
    const all = [
      ...addresses.map((path): [string, string, unknown?] => ['GET', path]),
      ...shown.map(({ method, path, body }): [string, string, unknown?] => [method, path, body]),
    ];
    for (let round = 0; round < rounds; round += 1) {
      const [method, address, body] = pick(all, random);
      const path = mutatedAddress(address, random);
      const { status } = await bench.ask(method, path, body === undefined ? {} : { body });
      assert.ok([200, 202, 400, 404, 405, 422].includes(status), `${status} in round ${round}: ${method} ${path}`);
    }
  });
});

const strange: unknown[] = [
  null,
  true,
  -1,
  0,
  1e308,
  2 ** 53,
  1.5,
  '',
  ' ',
  '\u0000',
  '\ud800',
  'x'.repeat(10_000),
  '__proto__',
  [],
  {},
  [[]],
  [null],
  { __proto__: null },
  '9999-12-31T23:59:59Z',
  '0001-01-01T00:00:00Z',
  '2026-13-45T99:99:99Z',
  'constructor',
  { a: { b: { c: [] } } },
];

/** Replaces, removes or adds a value somewhere inside. */
function mutated(value: unknown, random: Random): unknown {
  if (random() < 0.15 || typeof value !== 'object' || value === null)
    return random() < 0.5 ? pick(strange, random) : value;
  if (Array.isArray(value)) {
    const list = value.map((entry: unknown) => (random() < 0.4 ? mutated(entry, random) : entry));
    return random() < 0.2 ? [...list, pick(strange, random)] : list;
  }
  const entries = Object.entries(value).map(([key, entry]): [string, unknown] => [
    key,
    random() < 0.4 ? mutated(entry, random) : entry,
  ]);
  if (random() < 0.2) entries.splice(0, 1);
  if (random() < 0.2)
    entries.push([pick(['__proto__', 'x', 'toString', '', 'a/b', 'events'], random), pick(strange, random)]);
  return Object.fromEntries(entries);
}

/** Now and then breaks bytes, so that it may be neither JSON nor UTF-8. */
function mutatedText(text: string | undefined, random: Random): Buffer {
  const bytes = Buffer.from(text ?? '');
  if (random() < 0.8 || bytes.length === 0) return bytes.length === 0 ? Buffer.from('x') : bytes;
  for (let times = 0; times < 3; times += 1) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  return random() < 0.3 ? bytes.subarray(0, Math.max(1, Math.floor(random() * bytes.length))) : bytes;
}

function mutatedAddress(path: string, random: Random): string {
  const parts = [
    '%00',
    '%ff',
    '%',
    '%2f',
    '..%2f',
    '&limit=9',
    '&limit=-1',
    '?',
    '&explain=%7b',
    'é',
    '&min_position=1:2',
    '&min_position=x',
    '&session=a,,b',
    '&channel=%0a',
    '&context.=x',
    ',price>',
    '"',
    '|',
    'x'.repeat(600),
  ];
  const at = 9 + Math.floor(random() * (path.length - 9));
  return `${path.slice(0, at)}${pick(parts, random)}${random() < 0.5 ? path.slice(at) : ''}`;
}
