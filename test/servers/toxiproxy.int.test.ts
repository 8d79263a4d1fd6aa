import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { freePort } from './program.ts';
import { startToxiproxy } from './toxiproxy.ts';

test('a way is cut, swallows what passes, and is mended', { timeout: 120_000 }, async (t) => {
  const toxiproxy = await startToxiproxy();
  if (toxiproxy === undefined) return;
  t.after(() => toxiproxy.stop());
  const upstream = createServer((_, response) => response.end('here'));
  t.after(() => {
    upstream.close();
    upstream.closeAllConnections();
  });
  await once(upstream.listen(0, '127.0.0.1'), 'listening');
  const port = await freePort();
  const way = await toxiproxy.open('way', port, `127.0.0.1:${(upstream.address() as AddressInfo).port}`);
  const ask = async () => (await fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(300) })).text();

  assert.equal(await ask(), 'here');
  await way.cut();
  await assert.rejects(ask(), /fetch failed/);
  await way.mend();
  assert.equal(await ask(), 'here');
  await way.swallow();
  await assert.rejects(ask(), /timeout/);
  await way.mend();
  await way.slow(400);
  await assert.rejects(ask(), /timeout/);
  await way.mend();
  assert.equal(await ask(), 'here');
});
