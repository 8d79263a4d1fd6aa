// Whenever a process dies, or stands still and comes back, inside a transaction: what readers of committed records see is exactly what came
// in, each record once and in order. The proxy strikes at the very moment between two steps of the protocol.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startKafka } from '../../../../test/servers/kafka.ts';
import { startProgram, type Program } from '../../../../test/servers/program.ts';
import { pause, readPartition, record, values } from '../../contract/support.ts';
import type { Log } from '../../log.ts';
import { openKafkaLog } from '../open.ts';
import { asks, BrokerProxy, type Moment, type RequestKind } from '../testing/broker-proxy.ts';
import type { CopyOptions } from '../testing/copy-process.ts';

const proxy = await BrokerProxy.open();
after(() => proxy.close());
const kafka = await startKafka({ listeners: { proxied: { protocol: 'PLAINTEXT', advertised: proxy.address } } });
after(() => kafka?.remove());

const copyProcess = fileURLToPath(new URL('../testing/copy-process.ts', import.meta.url));
const PARTITIONS = 2;
const RECORDS = 4_000;
const KILLS = 12;
const sessionTimeoutMs = 3_000;
const settings = { client: 'platformatic', brokers: [proxy.address], limits: { sessionTimeoutMs } } as const;

/** Between which two steps: what was asked for is handled or not, or the answer is there and the next step not yet asked for. */
const MOMENTS = [
  { name: 'before the records are written', kind: asks.write, moment: 'request', outcome: 'lose' },
  { name: 'after the records were written', kind: asks.write, moment: 'answer', outcome: 'lose' },
  { name: 'after the offsets were written', kind: asks.commitOffsets, moment: 'answer', outcome: 'lose' },
  { name: 'before the commit is there', kind: asks.commit, moment: 'request', outcome: 'lose' },
  { name: 'while the commit is on its way', kind: asks.commit, moment: 'request', outcome: 'pass' },
  { name: 'after the commit', kind: asks.commit, moment: 'answer', outcome: 'lose' },
] as const;

if (kafka !== undefined) {
  proxy.forwardTo(kafka.address('proxied'));

  test(`killed ${KILLS} times inside a transaction: each record is there once`, async () => {
    const { log, options, appended } = await prepared('killed');
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { kind, moment, outcome } = MOMENTS[kill % MOMENTS.length] as (typeof MOMENTS)[number];
      const copy = await startCopy({ ...options, memberId: 'copy' });
      await struck(kind, moment, () => {
        process.kill(copy.pid, 'SIGKILL');
        return outcome;
      });
      await copy.kill();
    }
    const last = await startCopy({ ...options, memberId: 'copy' });
    await untilCopied(log, options.to, appended);
    await last.kill();
    await log.close();
  });

  test('one that stood still inside a transaction, and was replaced, adds nothing when it goes on', async () => {
    const { log, options, appended } = await prepared('zombie');
    const zombie = await startCopy({ ...options, memberId: 'zombie' });
    await struck(asks.commitOffsets, 'answer', () => {
      zombie.pause();
      return 'pass';
    });
    const heir = await startCopy({ ...options, memberId: 'heir' });
    await untilCopied(log, options.to, appended);
    zombie.resume();
    await pause(sessionTimeoutMs);
    assert.match(zombie.output(), /TaskFenced/);
    await untilCopied(log, options.to, appended);
    await Promise.all([zombie.kill(), heir.kill()]);
    await log.close();
  });
}

async function prepared(name: string) {
  const log = await openKafkaLog(settings);
  const [from, to] = [`${name}.from`, `${name}.to`];
  await log.ensureTopics([from, to].map((topic) => ({ name: topic, partitions: PARTITIONS, cleanup: 'delete' })));
  const appended = Array.from({ length: RECORDS }, (_, number) => String(number));
  await log.append(appended.map((value) => record(from, value, value)));
  return { log, appended, options: { settings, from, to, group: `${name}.group` } };
}

function startCopy(options: CopyOptions): Promise<Program> {
  return startProgram({
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', copyProcess, JSON.stringify(options)],
    isReady: () => true,
  });
}

/** Resolves once it has struck. */
function struck(kind: RequestKind, moment: Moment, strike: () => 'pass' | 'lose'): Promise<void> {
  return new Promise((resolve) => {
    proxy.atNext(kind, moment, () => {
      const outcome = strike();
      resolve();
      return outcome;
    });
  });
}

/** Waits for as many as were appended; then they must be the same, those of each partition in order. */
async function untilCopied(log: Log, to: string, appended: readonly string[]): Promise<void> {
  const untilMs = Date.now() + 60_000;
  for (;;) {
    const partitions = await Promise.all(
      Array.from({ length: PARTITIONS }, (_, partition) => readPartition(log, { topic: to, partition })),
    );
    const copied = partitions.map(({ records }) => values(records).map(Number));
    const count = copied.flat().length;
    if (count < appended.length && Date.now() < untilMs) {
      await pause(100);
      continue;
    }
    for (const numbers of copied)
      assert.deepEqual(
        numbers,
        numbers.toSorted((a, b) => a - b),
      );
    assert.deepEqual(
      copied.flat().toSorted((a, b) => a - b),
      appended.map(Number),
    );
    return;
  }
}
