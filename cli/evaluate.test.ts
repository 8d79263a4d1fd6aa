// `freshet evaluate`, as somebody at a shell sees it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as topics from '../schemas/topics.ts';
import { plainInteraction } from '../schemas/plain-interaction.ts';
import { physicalName } from '../streams/index.ts';
import { shown } from '../training/testing/shown.ts';
import { openEmbeddedLog } from '../streams/log/embedded/open.ts';
import { topicSpec } from '../streams/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'freshet-cli-evaluate-'));
after(() => rmSync(folder, { recursive: true }));

function evaluate(...args: string[]) {
  return spawnSync(process.execPath, ['cli/freshet.ts', 'evaluate', ...args], { encoding: 'utf8' });
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Item n is followed by n + 1. */
const chains = Array.from({ length: 300 }, (_, at) => `${at % 20} ${(at + 1) % 20} ${(at + 2) % 20}`).join('\n');
const train = file('train.txt', chains);
const held = file('test.txt', '3 4 5\n7 8\n9 9\n');
const sessions = ['--protocol', 'sessions', '--train', train, '--test', held];

test('sessions as JSON: the promised names, twice the same bytes, a page that fetches nothing', () => {
  const page = join(folder, 'report.html');
  const runs = [1, 2].map(() =>
    evaluate(
      ...sessions,
      '--k',
      '5,10',
      '--compare',
      'transitions,popularity',
      '--without-timings',
      '--html',
      page,
      '--json',
    ),
  );
  assert.equal(runs[0]?.status, 0, runs[0]?.stderr);
  assert.equal(runs[0]?.stdout, runs[1]?.stdout);
  const answer = JSON.parse(runs[0]?.stdout ?? '') as {
    results: Record<string, number | string>[];
    comparison: { metrics: Record<string, { p: number }> };
  };
  const [transitions, popularity] = answer.results;
  assert.deepEqual([transitions?.['algorithm'], transitions?.['events']], ['transitions', 4]);
  assert.equal(transitions?.['hit_rate@5'], 75);
  assert.equal(transitions?.['mrr@5'], 75);
  assert.equal(popularity?.['algorithm'], 'popularity');
  assert.ok((answer.comparison.metrics['mrr@5']?.p ?? 2) <= 1);
  const html = readFileSync(page, 'utf8');
  assert.match(html, /<svg/);
  assert.doesNotMatch(html, /https?:|<script|src=/);
});

test('the figures that are promised stand under their names; --sample and a range of time ask for less', () => {
  const events = file('timed.csv', Array.from({ length: 200 }, (_, at) => `u${at % 20},i${(at * 7) % 23},5,${1_700_000_000 + 3_600 * at}`).join('\n')); // prettier-ignore
  const asked = ['--protocol', 'prequential', '--test', events, '--algorithms', 'popularity,live_co_visits', '--compare', 'popularity,live_co_visits', '--json']; // prettier-ignore
  const answers = [[], ['--sample', '0.5'], ['--from', '2023-11-18', '--until', '2023-11-20T12:00Z']].map((more) => {
    const { status, stdout, stderr } = evaluate(...asked, ...more);
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout) as { results: Record<string, unknown>[]; comparison: { metrics: object } };
  });
  const [all, half, some] = answers.map(({ results }) => Number(results[0]?.['events']));
  assert.ok((half ?? 0) > 0 && (half ?? 0) < 0.8 * (all ?? 0), `${half} of ${all}`);
  assert.equal(some, 60, 'two days and a half of an event each hour');
  for (const result of answers[0]?.results ?? []) {
    const names = ['hit_rate', 'mrr', 'recall', 'ndcg', 'map'].flatMap((name) => [`${name}@10`, `${name}@20`]);
    for (const name of [
      ...names,
      'latency_ms_p50',
      'latency_ms_p99',
      'memory_mb',
      'coverage',
      'arp',
      'gini',
      'novelty',
      'diversity',
    ])
      // prettier-ignore
      assert.equal(typeof result[name], 'number', `${String(result['algorithm'])}: ${name}`);
    assert.deepEqual(Object.keys(result['intervals_95'] as object).length, 8);
  }
  assert.equal(Object.keys(answers[0]?.comparison.metrics ?? {}).length, 10);
});

test('without --algorithms the answer names what was chosen, for people too', () => {
  const { status, stdout, stderr } = evaluate(...sessions);
  assert.equal(status, 0, stderr);
  assert.match(
    stdout,
    /^Protocol sessions: 300 train sessions, 20 items, 3 test sessions, 4 events\nChosen by ndcg@20 /,
  );
});

test('the other protocols', () => {
  const history = file('history.csv', Array.from({ length: 90 }, (_, at) => `u${at % 9},i${(at * 7) % 11},5,${1_700_000_000 + at}`).join('\n')); // prettier-ignore
  const topn = evaluate(
    '--protocol',
    'topn',
    '--train',
    history,
    '--leave-last-out',
    '--algorithms',
    'item_knn',
    '--json',
  );
  assert.equal(topn.status, 0, topn.stderr);
  assert.equal((JSON.parse(topn.stdout) as { test_users: number }).test_users, 9);
  const online = evaluate('--protocol', 'prequential', '--test', history, '--json');
  assert.equal(online.status, 0, online.stderr);
  assert.equal(
    (JSON.parse(online.stdout) as { results: { algorithm: string }[] }).results[0]?.algorithm,
    'best_so_far',
  );
  const baskets = file('baskets.csv', `ts,customer,basket,item\n${Array.from({ length: 60 }, (_, at) => `${1_700_000_000 + 90_000 * at},c${at % 6},${at},i${at % 12}`).join('\n')}\n`); // prettier-ignore
  const kinds = file(
    'kinds.csv',
    `item_id,category\n${Array.from({ length: 12 }, (_, at) => `i${at},kind${at % 3}`).join('\n')}\n`,
  );
  const next = evaluate(
    '--protocol',
    'baskets',
    '--test',
    baskets,
    '--items',
    kinds,
    '--until',
    '2023-12-20',
    '--json',
  );
  assert.equal(next.status, 0, next.stderr);
  assert.match(next.stderr, /tried repeat: ndcg@20 /);
  const answer = JSON.parse(next.stdout) as { baskets: number; categories: number; tried: unknown[] };
  assert.deepEqual([answer.baskets, answer.categories, answer.tried.length], [34, 4, 7]);
  const shown = file('shown.csv', 'item_id,position,click,propensity_score\n1,1,0,0.5\n2,1,1,0.5\n1,1,1,0.5\n');
  const policies = evaluate('--protocol', 'counterfactual', '--train', shown, '--test', shown, '--json');
  assert.equal(policies.status, 0, policies.stderr);
  assert.equal((JSON.parse(policies.stdout) as { results: { ips: number }[] }).results[0]?.ips, 0.666666667);
});

test('what can’t be meant is refused with what to do', () => {
  for (const [args, message] of [
    [[], /--protocol is one of sessions, topn, prequential, baskets, counterfactual, not nothing/],
    [['--protocol', 'magic'], /not magic/],
    [['--protocol', 'sessions'], /--train is missing/],
    [['--protocol', 'sessions', '--train', train], /--test is missing/],
    [[...sessions, '--k', '0'], /--k wants whole numbers/],
    [[...sessions, '--compare', 'blend'], /--compare wants two/],
    [[...sessions, '--sample', '2'], /--sample wants a share/],
    [[...sessions, '--algorithms', 'magic'], /There is no algorithm magic/],
    [[...sessions, '--from', 'then'], /--from wants a time/],
    [[...sessions, '--html', join(folder, 'none', 'page.html')], /--html: no file can be written/],
    [['--protocol', 'topn', '--train', train, '--test', held, '--diversity', '0.5'], /--diversity needs --items/],
    [['--protocol', 'sessions', '--train', join(folder, 'none'), '--test', held], /can't be read/],
  ] as const) {
    const { status, stdout, stderr } = evaluate(...args);
    assert.deepEqual([status, stdout], [2, ''], stderr);
    assert.match(stderr, message);
  }
});

test('an option that says nothing in a protocol is told, and the rest is done', () => {
  const { status, stderr } = evaluate(...sessions, '--algorithms', 'popularity', '--limit', '3', '--leave-last-out');
  assert.deepEqual([status, stderr], [0, '--leave-last-out says nothing in --protocol sessions\n--limit says nothing in --protocol sessions\n']); // prettier-ignore
});

test('a data folder: what customers did, once more or for the first time, without those who refuse', async () => {
  const data = join(folder, 'data');
  const log = await openEmbeddedLog({ folder: join(data, 'log') });
  const { interactions, customers } = topics;
  const known = [
    interactions,
    customers,
    topics.items,
    topics.erasures,
    topics.models,
    topics.rules,
    topics.impressions,
  ];
  await log.ensureTopics(known.map((topic) => topicSpec(topic, 'freshet', 1)));
  const record = (topic: typeof interactions | typeof customers | typeof topics.impressions, key: string, value: Buffer, timestampMs: number) => ({ topic: physicalName('freshet', topic.name), partition: 0, key: Buffer.from(key), value, timestampMs }); // prettier-ignore
  const startMs = Date.UTC(2026, 0, 1);
  // Everybody looks at pan, then at pot, and once more at pan. One of them refuses.
  const deeds = Array.from({ length: 20 }, (_, user) => ['pan', 'pot', 'pan'].map((item_id, place) => {
    const timestamp = startMs + user * 60_000 + place * 1_000;
    const customer_id = `c${user}`;
    return plainInteraction({ interaction_id: `${user}-${place}`, customer_id, timestamp, event_type: 'view', item_id });
  })).flat(); // prettier-ignore
  await log.append(deeds.map((deed) => record(interactions, deed.customer_id, interactions.codec.encode(deed), deed.timestamp))); // prettier-ignore
  const refusal = { customer_id: 'c19', updated_at: startMs, age: null, gender: null, location: null, language: null, segment: null, erased_at: null, preferences: {}, consent: false }; // prettier-ignore
  await log.append([record(customers, 'c19', customers.codec.encode(refusal), startMs)]);
  // Each was shown a list whose fourth place was tried out for a quarter of them; only what stands there as usual is taken.
  const lists = Array.from({ length: 20 }, (_, user) => {
    const isTriedOut = user % 4 === 0;
    const items = [{ item_id: isTriedOut ? 'new' : 'pot', rank: 4, algorithm: isTriedOut ? 'exploration' : 'tastes', propensity: isTriedOut ? 0.25 : 0.75 }]; // prettier-ignore
    return shown('home', startMs, { customer_id: `c${user}`, recommendation_id: `list-${user}`, items });
  });
  await log.append(lists.map((list) => record(topics.impressions, list.customer_id, topics.impressions.codec.encode(list), startMs))); // prettier-ignore
  const taken = lists.map(({ customer_id, recommendation_id }) => plainInteraction({ interaction_id: `${customer_id}-taken`, customer_id, timestamp: startMs + 3_600_000, event_type: 'view', item_id: 'pot', recommendation_id })); // prettier-ignore
  await log.append(taken.map((deed) => record(interactions, deed.customer_id, interactions.codec.encode(deed), deed.timestamp))); // prettier-ignore
  await log.close();
  const trials = evaluate('--protocol', 'counterfactual', '--log', '--data-dir', data, '--json');
  assert.equal(trials.status, 0, trials.stderr);
  const { impressions, results: policies } = JSON.parse(trials.stdout) as { impressions: number; results: Record<string, unknown>[] }; // prettier-ignore
  // Of 19 the later ten: c9 to c18, of whom c12 and c16 were shown something new.
  assert.deepEqual([impressions, policies[0]?.['policy'], policies[0]?.['logged'], policies[0]?.['snips']], [10, 'without_trials', 0.8, 1]); // prettier-ignore
  const asked = ['--protocol', 'prequential', '--log', '--data-dir', data, '--algorithms', 'freshet,popularity', '--k', '1', '--json']; // prettier-ignore
  const { stdout, stderr, status } = evaluate(...asked);
  assert.equal(status, 0, stderr);
  const { results } = JSON.parse(stdout) as { results: Record<string, number>[] };
  // Each of 19 is asked for pot after pan; for the first nobody has had it yet.
  assert.deepEqual(results.map((result) => [result['events'], Math.round((result['hit_rate@1'] ?? 0) * 0.19)]), [[19, 18], [19, 18]]); // prettier-ignore
  assert.match(
    evaluate('--protocol', 'topn', '--log').stderr,
    /--log is for --protocol prequential and counterfactual/,
  );
});
