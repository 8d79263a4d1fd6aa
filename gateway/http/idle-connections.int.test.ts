// Ten thousand clients that hold a connection and say nothing do no harm to the others, and cost what they should.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { startFreshet, type FreshetProcess } from '../../test/end-to-end/freshet-process.ts';
import { leftOut } from '../../test/left-out.ts';
import { RawSocket } from '../testing/raw-socket.ts';

const connections = 10_000;
const openedAtOnce = 250;
const bytesPerConnectionMax = 64 * 1024;

suite('idle connections', { timeout: 300_000 }, () => {
  let folder: string;
  let freshet: FreshetProcess;
  const held: RawSocket[] = [];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'freshet-idle-'));
    freshet = await startFreshet(folder);
    await freshet.ready();
  });
  after(async () => {
    for (const socket of held) socket.close();
    await freshet.kill();
    rmSync(folder, { recursive: true });
  });

  test(`${connections} of them are held while others are answered`, async () => {
    const before = await residentBytes(freshet);
    try {
      while (held.length < connections) held.push(...(await Promise.all(Array.from({ length: openedAtOnce }, greet))));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EMFILE')) throw error;
      return leftOut(`idle connections: this machine lets a process open ${held.length} connections`);
    }
    const each = ((await residentBytes(freshet)) - before) / connections;
    assert.ok(each < bytesPerConnectionMax, `${Math.round(each)} bytes each`);
    for (let asked = 0; asked < 200; asked += 1)
      assert.equal((await freshet.ask('GET', '/api/v1/recommendations/ada')).status, 200);
    // Who has said nothing for a while can speak up. Not the first ones: on a slow machine their time is over by now.
    for (const socket of held.slice(-20)) assert.equal((await socket.write(aliveRequest).answers(2))[1]?.status, 200);
    assert.doesNotMatch(freshet.output(), /"level":[45]0/);
  });

  test('when they leave all at once, the rest goes on', async () => {
    for (const socket of held) socket.close();
    assert.equal((await freshet.ask('GET', '/healthz')).status, 200);
    assert.deepEqual(await freshet.stop(), { code: 0, signal: null });
  });

  async function greet(): Promise<RawSocket> {
    const socket = await RawSocket.open(freshet.url);
    assert.equal(await socket.write(aliveRequest).status(), 200);
    return socket;
  }
});

const aliveRequest = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';

async function residentBytes(freshet: FreshetProcess): Promise<number> {
  const { text } = await freshet.ask('GET', '/metrics');
  return Number(/^process_resident_memory_bytes (\d+)$/m.exec(text)?.[1]);
}
