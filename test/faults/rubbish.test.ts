// Records that nobody can use, put into the log by whoever may write to it: each ends among the dead letters with its reason,
// and those around it count as if it were not there.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { plainInteraction } from '../../schemas/plain-interaction.ts';
import { customers, interactions, items } from '../../schemas/topics.ts';
import type { Interaction } from '../../schemas/types.ts';
import { physicalName } from '../../streams/index.ts';
import type { NewRecord } from '../../streams/log/log.ts';
import { randomFrom, type Random } from '../../gateway/testing/random.ts';
import { runFreshet, startFreshet } from '../end-to-end/freshet-process.ts';
import { openLog, prefix } from './processing.ts';
import { readTopics } from './read-log.ts';

const CUSTOMER = 'anna';
const WITHIN_MS = 20_000;
const DAMAGED = 400;
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);

const good = plainInteraction({
  interaction_id: 'good-1',
  customer_id: CUSTOMER,
  timestamp: 1_700_000_000_000,
  event_type: 'view',
  item_id: 'tea',
});

const rubbish: readonly [reason: string, record: NewRecord][] = [
  ['undecodable', record(CUSTOMER, Buffer.from('no Avro at all'))],
  ['undecodable', record(CUSTOMER, Buffer.alloc(0))],
  ['undecodable', record(CUSTOMER, encoded({}).subarray(0, 12))],
  ['no_value', record(CUSTOMER, null)],
  ['no_key', { ...record(CUSTOMER, encoded({ interaction_id: 'keyless' })), key: null, partition: 0 }],
  ['wrong_key', record('somebody else', encoded({ interaction_id: 'wrong' }))],
  ['bad_event_type', record(CUSTOMER, encoded({ interaction_id: 'type', event_type: '__proto__' }))],
  ['bad_quantity', record(CUSTOMER, encoded({ interaction_id: 'quantity', quantity: -1 }))],
  ['undecodable', { ...record(CUSTOMER, Buffer.from([1, 2, 3])), topic: physicalName(prefix, customers.name) }],
];

test('rubbish in the log', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'freshet-rubbish-'));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const log = await openLog(dataDir);
  await log.append([
    record(CUSTOMER, encoded({})),
    ...rubbish.map(([, each]) => each),
    // Lookups and sinks can't dead-letter: they leave out what they can't read.
    { ...record('tea', Buffer.from('no item')), topic: physicalName(prefix, items.name) },
    { ...record('t'.repeat(5_000), null), topic: physicalName(prefix, items.name) },
    record(CUSTOMER, encoded({ interaction_id: 'good-2' })),
  ]);
  await log.close();

  // What is asked over HTTP comes from another thread than what is processed.
  const freshet = await startFreshet(dataDir, { GATEWAY_WORKERS: '1' });
  t.after(() => freshet.kill());
  await freshet.ready();
  const untilMs = performance.now() + WITHIN_MS;
  let events: Record<string, number> = {};
  while (events['view'] !== 2) {
    assert.ok(performance.now() < untilMs, `the good ones are not counted: ${JSON.stringify(events)}`);
    await sleep(20);
    const reply = await freshet.ask('GET', `/api/v1/customers/${CUSTOMER}`);
    if (reply.status === 200) ({ events } = reply.json<{ events: Record<string, number> }>());
  }
  assert.equal((await freshet.ask('GET', '/api/v1/items/tea')).status, 404);
  const metrics = (await freshet.ask('GET', '/metrics')).text;
  assert.match(metrics, /freshet_records_rejected_total\{stage="customers",reason="undecodable"\} 4/);
  const listed = await listedByCommand(freshet.url);
  const { output } = await runFreshet(['dead-letters', 'list', '--url', freshet.url], {});
  assert.match(
    output,
    /^\d:\d+ .* wrong_key\n +freshet\.interactions\.v1\/\d:\d+ of somebody else, refused by customers$/m,
  );
  assert.deepEqual(listed.map(({ reason }) => reason).sort(), rubbish.map(([reason]) => reason).sort());
  const [first] = listed;
  assert.deepEqual(await command('show', String(first?.position), '--url', freshet.url), first);
  assert.deepEqual(await freshet.stop(), { code: 0, signal: null });

  const dead = (await readTopics(dataDir, ['dead-letters'])).get('dead-letters') ?? [];
  const told = dead.map(({ headers, value }) => ({ reason: headers['freshet.reason'], value }));
  const expected = rubbish.map(([reason, { value }]) => ({ reason, value }));
  assert.deepEqual(sorted(told), sorted(expected));
  for (const { headers } of dead) {
    assert.equal(headers['freshet.stage'], 'customers');
    assert.ok(headers['freshet.topic']?.startsWith(`${prefix}.`));
    assert.match(headers['freshet.offset'] ?? '', /^\d+$/);
    assert.notEqual(headers['freshet.message'], '');
  }
});

test(`records whose bytes were damaged, FUZZ_SEED=${seed}`, async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'freshet-damaged-'));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const random = randomFrom(seed);
  const damaged = Array.from({ length: DAMAGED }, (_, index) =>
    damagedBytes(encoded({ interaction_id: `damaged-${index}`, customer_id: 'bob' }), random),
  );
  const log = await openLog(dataDir);
  await log.append(
    damaged.flatMap((value, index) => [
      record('bob', value),
      record(CUSTOMER, encoded({ interaction_id: `good-${index}` })),
    ]),
  );
  await log.close();

  const freshet = await startFreshet(dataDir);
  t.after(() => freshet.kill());
  await freshet.ready();
  const untilMs = performance.now() + WITHIN_MS;
  for (let views = 0; views !== DAMAGED;) {
    assert.ok(performance.now() < untilMs, `${views} of ${DAMAGED} good ones are counted\n${freshet.output()}`);
    await sleep(20);
    const reply = await freshet.ask('GET', `/api/v1/customers/${CUSTOMER}`);
    if (reply.status === 200) views = reply.json<{ events: Record<string, number> }>().events['view'] ?? 0;
  }
  assert.deepEqual(await freshet.stop(), { code: 0, signal: null });
  const dead = (await readTopics(dataDir, ['dead-letters'])).get('dead-letters') ?? [];
  const unreadable = damaged.filter((value) => !canBeRead(value));
  assert.ok(unreadable.length > DAMAGED / 4, `only ${unreadable.length} are unreadable`);
  const kept = new Set(dead.map(({ value }) => value?.toString('hex')));
  assert.deepEqual(
    unreadable.filter((value) => !kept.has(value.toString('hex'))),
    [],
    'what nobody can read is kept as it came',
  );
});

function damagedBytes(bytes: Buffer, random: Random): Buffer {
  const damaged = Buffer.from(bytes);
  for (let times = 0; times < 1 + random() * 4; times += 1)
    damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
  return random() < 0.3 ? damaged.subarray(0, Math.floor(random() * damaged.length)) : damaged;
}

function canBeRead(value: Buffer): boolean {
  try {
    interactions.codec.decode(value);
    return true;
  } catch {
    return false;
  }
}

interface Listed {
  readonly position: string;
  readonly reason: string;
}

/** Page by page, as somebody would go through them. */
async function listedByCommand(url: string): Promise<Listed[]> {
  const all: Listed[] = [];
  let older: string[] = [];
  do {
    const page = await command('list', '--limit', '3', '--url', url, ...older);
    const { dead_letters, next } = page as { dead_letters: Listed[]; next: string | null };
    all.push(...dead_letters);
    older = next === null ? [] : ['--before', next];
  } while (older.length > 0);
  return all;
}

async function command(...args: string[]): Promise<unknown> {
  const { code, output } = await runFreshet(['dead-letters', ...args, '--json'], {});
  assert.equal(code, 0, output);
  return JSON.parse(output);
}

function record(key: string, value: Buffer | null): NewRecord {
  return {
    topic: physicalName(prefix, interactions.name),
    key: Buffer.from(key),
    value,
    timestampMs: good.received_at,
  };
}

function encoded(changed: Partial<Interaction>): Buffer {
  return interactions.codec.encode({ ...good, ...changed });
}

function sorted(letters: readonly { reason: string | undefined; value: Buffer | null }[]): string[] {
  return letters.map(({ reason, value }) => `${reason} ${value?.toString('hex')}`).sort();
}
