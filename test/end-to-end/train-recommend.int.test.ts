// `freshet train recommend` beside a running server: the model comes into use without a restart, reasons name what led there, and a file
// that can't be used changes nothing.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Model } from '../../schemas/types.ts';
import { runFreshet, startFreshet, type FreshetProcess } from './freshet-process.ts';

const DAY_MS = 86_400_000;
const GROUPS = ['tea', 'bike', 'book'];
const ITEMS_PER_GROUP = 12;
const CUSTOMERS = 90;
const WITHIN_MS = 20_000;

interface Listed {
  readonly model: string;
  readonly items: readonly {
    readonly item_id: string;
    readonly algorithm: string;
    readonly reasons: readonly { readonly interaction_ids: readonly string[] }[];
  }[];
}

describe('a model that is trained while the shop is open', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'freshet-train-'));
  let freshet: FreshetProcess;
  let first: Model;

  before(async () => {
    freshet = await startFreshet(dataDir);
    await freshet.ready();
    const items = GROUPS.flatMap((group) =>
      Array.from({ length: ITEMS_PER_GROUP }, (_, at) => ({
        item_id: `${group}-${at}`,
        title: `${group} number ${at}`,
        categories: [group],
      })),
    );
    await accepted('/api/v1/items', { items });
    for (let customer = 0; customer < CUSTOMERS; customer += 1)
      await accepted('/api/v1/interactions', { events: history(customer) });
  });
  after(async () => {
    await freshet.kill();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('is used within seconds, and says why', async () => {
    assert.match((await listAfterClick('tea-3')).model, /^blend-\d+$/);
    first = await train();
    assert.notEqual(first.promoted_at, null, JSON.stringify(first));
    assert.equal(first.customers, CUSTOMERS);
    const list = await eventually(async () => {
      const now = await listAfterClick('tea-3');
      assert.match(now.model, new RegExp(`\\+${first.version}$`));
      return now;
    });
    const byTaste = list.items.filter(({ algorithm }) => algorithm === 'tastes');
    assert.ok(byTaste.length > 0, JSON.stringify(list.items));
    assert.ok(byTaste.every(({ reasons }) => (reasons[0]?.interaction_ids.length ?? 0) > 0));
    // One place in twenty is for what is tried out.
    const fitting = list.items.filter(({ algorithm }) => algorithm !== 'exploration').slice(0, 5);
    assert.ok(
      fitting.every(({ item_id }) => item_id.startsWith('tea-')),
      JSON.stringify(list.items),
    );
  });

  it('gives way to another only when that is measured to be as good, or by force', async () => {
    const again = await train();
    assert.equal(again.promoted_at, null, 'nothing has happened since');
    const forced = await train('--force', '--algorithms', 'als');
    assert.equal(forced.champion, first.version);
    assert.equal(forced.algorithm, 'als');
    await eventually(async () => assert.match((await listAfterClick('bike-3')).model, new RegExp(forced.version)));
    first = forced;
  });

  it('stays when a newer file is torn, foreign or of another schema', async () => {
    const whole = readFileSync(join(dataDir, 'models', first.file));
    const otherFormat = Buffer.from(whole);
    otherFormat.writeUInt32LE(99, 8);
    const changed = Buffer.from(whole);
    changed[changed.length - 3] = (changed[changed.length - 3] ?? 0) ^ 1;
    await announce('torn', whole.subarray(0, whole.length / 2), sha256(whole));
    await announce('format', otherFormat, sha256(otherFormat));
    await announce('foreign', changed, sha256(whole));
    for (const outcome of ['torn', 'format', 'foreign'])
      await eventually(async () => assert.match((await freshet.ask('GET', '/metrics')).text, new RegExp(`model_fetches_total{outcome="${outcome}"} 1`))); // prettier-ignore
    assert.match(freshet.output(), /the one before stays/);
    assert.match((await listAfterClick('book-3')).model, new RegExp(first.version));

    await freshet.stop();
    freshet = await startFreshet(dataDir);
    await freshet.ready();
    assert.match((await listAfterClick('book-4')).model, new RegExp(first.version), 'also after a restart');

    async function announce(version: string, bytes: Buffer, sum: string): Promise<void> {
      const file = `recommend-${version}.model`;
      writeFileSync(join(dataDir, 'models', file), bytes);
      const later = (first.promoted_at ?? 0) + 1_000;
      await accepted('/api/v1/models', { ...first, version, file, sha256: sum, promoted_at: later });
    }
  });

  it('may be trained while nothing runs on the folder, too', async () => {
    await freshet.stop();
    const offline = await trainedBy('--force');
    freshet = await startFreshet(dataDir);
    await freshet.ready();
    assert.match((await listAfterClick('tea-5')).model, new RegExp(offline.version));
  });

  /** Each likes one group; in the last days they come upon something new in it. */
  function history(customer: number) {
    const group = GROUPS[customer % GROUPS.length];
    return Array.from({ length: 10 }, (_, at) => ({
      interaction_id: `c${customer}-${at}`,
      customer_id: `customer-${customer}`,
      event_type: at % 5 === 4 ? 'purchase' : 'view',
      item_id: `${group}-${(customer * 7 + at * 5) % ITEMS_PER_GROUP}`,
      timestamp: new Date(Date.now() - (10 - at) * DAY_MS - customer * 60_000).toISOString(),
    }));
  }

  async function train(...options: readonly string[]): Promise<Model> {
    return trainedBy('--url', freshet.url, ...options);
  }

  async function trainedBy(...options: readonly string[]): Promise<Model> {
    const run = await runFreshet(['train', 'recommend', '--json', ...options], {
      DATA_DIR: dataDir,
    });
    assert.equal(run.code, 0, run.output);
    return JSON.parse(run.output.slice(run.output.indexOf('{'))) as Model;
  }

  async function listAfterClick(itemId: string): Promise<Listed> {
    const reply = await freshet.ask('POST', '/api/v1/interactions', {
      customer_id: 'ann',
      event_type: 'view',
      item_id: itemId,
    });
    const { position } = reply.json<{ position: string }>();
    const list = await freshet.ask('GET', `/api/v1/recommendations/ann?limit=20&min_position=${position}`);
    assert.equal(list.status, 200, list.text);
    return list.json<Listed>();
  }

  async function accepted(path: string, body: unknown): Promise<void> {
    const reply = await freshet.ask('POST', path, body);
    assert.equal(reply.status, 202, reply.text);
  }
});

async function eventually<T>(check: () => Promise<T>): Promise<T> {
  for (const untilMs = performance.now() + WITHIN_MS; ; await sleep(100)) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > untilMs) throw error;
    }
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
