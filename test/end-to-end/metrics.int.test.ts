// Metrics are those that docs/deployment.md lists, and their number does not depend on who calls or what for: a label that held an id
// or a path of a request would let anybody fill the memory of the process and of Prometheus.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { startFreshet, type FreshetProcess } from './freshet-process.ts';

const callsPerWave = 20;
/** What docs/deployment.md promises of labels. */
const labelNames = ['stage', 'topic', 'partition', 'state', 'outcome', 'reason', 'route', 'method', 'status', 'algorithm', 'variant', 'fallback', 'model', 'lookup', 'part', 'store', 'version', 'node', 'le']; // prettier-ignore

suite('metrics', () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-metrics-'));
  let freshet: FreshetProcess;

  before(async () => {
    freshet = await startFreshet(folder);
    await freshet.ready();
    await wave('first');
  });
  after(async () => {
    await freshet.stop();
    rmSync(folder, { recursive: true });
  });

  async function wave(name: string): Promise<void> {
    for (let call = 0; call < callsPerWave; call += 1) {
      const id = `${name}-${call}`;
      await freshet.ask('PUT', `/api/v1/items/item-${id}`, { title: id, categories: [id], price: 1 });
      const click = { customer_id: `customer-${id}`, item_id: `item-${id}`, event_type: 'view', channel: `on-${id}` };
      const accepted = await freshet.ask('POST', '/api/v1/interactions', click);
      const { position } = accepted.json<{ position: string }>();
      await freshet.ask('GET', `/api/v1/recommendations/customer-${id}?min_position=${position}`);
      await freshet.ask('GET', `/api/v1/recommendations/nobody-${id}?category=${id}&algorithm=${id}`);
      await freshet.ask('POST', '/api/v1/sessions/recommendations', { items: [`item-${id}`] });
      await freshet.ask('POST', '/api/v1/interactions', { ...click, event_type: id });
      await freshet.ask('GET', `/nothing/${id}`);
      await freshet.ask(call % 2 === 0 ? 'PROPFIND' : 'DELETE', `/api/v1/${id}`);
    }
  }

  const scrape = async () => seriesOf((await freshet.ask('GET', '/metrics')).text);

  test('all that the docs list is there, and nothing else of ours', async () => {
    const found = (await freshet.ask('GET', '/metrics')).text.matchAll(/^# TYPE (freshet_\w+)/gm);
    const listed = readFileSync('docs/deployment.md', 'utf8').matchAll(/^\| `(freshet_\w+)/gm);
    const names = (matches: Iterable<RegExpExecArray>) => new Set(Array.from(matches, ([, name]) => name));
    assert.deepEqual(names(found), names(listed));
  });

  test('other customers, items and paths make no further series', async () => {
    const before = await scrape();
    await wave('second');
    const added = [...(await scrape())].filter((series) => !before.has(series));
    // A status that is rare, or another algorithm that came first, is one more series; what depends on the call would be one for each.
    assert.ok(added.length < callsPerWave, added.join('\n'));
    assert.deepEqual(added.filter((series) => series.includes('second')), []); // prettier-ignore
  });

  test('labels are the bounded ones', async () => {
    const used = [...(await scrape())].flatMap((series) => Array.from(series.matchAll(/(\w+)="/g), ([, name]) => name));
    assert.deepEqual([...new Set(used)].filter((name) => !labelNames.includes(name ?? '')), []); // prettier-ignore
  });
});

/** `name{labels}` of each of ours. */
function seriesOf(text: string): Set<string> {
  const ours = text.split('\n').filter((line) => line.startsWith('freshet_'));
  return new Set(ours.map((line) => line.slice(0, line.lastIndexOf(' '))));
}
