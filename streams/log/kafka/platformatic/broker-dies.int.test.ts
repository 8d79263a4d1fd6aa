// A broker that dies when it has written and not answered yet, and comes back: all that clients go on with is there once, and in order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStreamsError } from '../../../errors.ts';
import { pause, readTopic, readWhole, record, values } from '../../contract/support.ts';
import type { Log } from '../../log.ts';
import { openKafkaLog } from '../open.ts';
import { asks } from '../testing/broker-proxy.ts';
import { kafkaBehindProxy } from '../testing/kafka-behind-proxy.ts';

const found = await kafkaBehindProxy();

if (found !== undefined) {
  const { kafka, proxy } = found;
  // Longer than a broker takes to come back on a machine that has much else to do.
  const settings = { client: 'platformatic', limits: { retryMs: 100_000 } } as const;

  test('appends and transactions over the death of a broker are there once, in order', async () => {
    const log = await openKafkaLog({ ...settings, brokers: [kafka.address()] });
    const proxied = await openKafkaLog({ ...settings, brokers: [proxy.address] });
    await log.ensureTopics(['plain', 'transacted'].map((name) => ({ name, partitions: 1, cleanup: 'delete' })));
    const numbers = Array.from({ length: 200 }, (_, number) => String(number));
    const appending = (async () => {
      for (const number of numbers) {
        // Outside transactions what a broker that starts recognises is of the last day, as records tell the time.
        await proxied.append([record('plain', 'k', number, { timestampMs: Date.now() })]);
        await pause(10);
      }
    })();
    const committing = commitAll(log, 'transacted', numbers);
    const striking = (async () => {
      await pause(500);
      await new Promise<void>((resolve, reject) => {
        proxy.atNext(asks.write, 'answer', () => {
          kafka.kill().then(resolve, reject);
          return 'lose';
        });
      });
      await kafka.start();
    })();
    await Promise.all([appending, committing, striking]);
    assert.deepEqual(values(await readWhole(log, 'plain', numbers.length)), numbers);
    assert.deepEqual(values(await readWhole(log, 'transacted', numbers.length)), numbers);
    await Promise.all([log.close(), proxied.close()]);
  });
}

/** One transaction each. After one of which it is not known whether it happened it looks. */
async function commitAll(log: Log, topic: string, numbers: readonly string[]): Promise<void> {
  let transactor = await log.openTransactor(topic, [topic]);
  for (let next = 0; next < numbers.length;) {
    try {
      await transactor.commit({ records: [record(topic, 'k', numbers[next] ?? '')] });
      next += 1;
      await pause(5);
    } catch (error) {
      if (!isStreamsError(error)) throw error;
      if (error.kind !== 'CommitUnclear' && error.kind !== 'TaskFenced') {
        await pause(50);
        continue;
      }
      transactor = await log.openTransactor(topic, [topic]);
      next = (await readTopic(log, topic)).length;
    }
  }
}
