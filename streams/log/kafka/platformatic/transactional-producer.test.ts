// What a commit's owner is told for each way in which a coordinator can answer, or not: that nothing happened only where that is sure.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addPartitionsToTxnV3,
  describeProducersV0,
  describeTransactionsV0,
  initProducerIdV4,
} from '@platformatic/kafka';
import { isStreamsError } from '../../../errors.ts';
import { clientFailure, KafkaFailure, type PlacedRecord, type TransactionalProducer } from '../client.ts';
import { defaultKafkaLimits } from '../settings.ts';
import type { Cluster } from './cluster.ts';
import { endTransactionRaisingEpoch, produceJoining, type ProducedPart, type ProducePart } from './requests.ts';
import { openTransactionalProducer } from './transactional-producer.ts';

const producerId = 5n;
const place = { topic: 'results', partition: 0 };
const commits = 'commit';
const aborts = 'abort';
const writes = 'write';

/** By what is asked for: the codes of the answers to come; afterwards all goes well. */
type Script = Partial<Record<typeof commits | typeof aborts | typeof writes, string[]>> & {
  /** What the coordinator says of the last transaction before the id is opened. */
  readonly former?: string;
  /** So often the leader says that something of it is open. */
  leftOpen?: number;
  /** By the leader, asked what is open. */
  readonly looks?: string[];
};

interface Written {
  readonly epoch: number;
  readonly sequence: number;
}

/** A producer on brokers that answer as the script says, and what reached them. */
async function open(script: Script): Promise<{ producer: TransactionalProducer; written: Written[]; asked: string[] }> {
  const written: Written[] = [];
  const asked: string[] = [];
  let epoch = 0;
  const answer = (what: typeof commits | typeof aborts | typeof writes) => {
    asked.push(what);
    const code = script[what]?.shift();
    if (code !== undefined) throw new KafkaFailure(code, code);
  };
  const cluster: Pick<Cluster, 'hasTransactionEpochs' | 'learn' | 'leaderOf' | 'ask' | 'askCoordinator'> = {
    hasTransactionEpochs: true,
    learn: async () => {},
    leaderOf: () => 1,
    ask: async (_broker, _lane, api, ...request) => {
      if (isApi(api, describeProducersV0.api)) {
        const code = script.looks?.shift();
        if (code !== undefined) throw new KafkaFailure(code, code);
        return { topics: [producersIn(place, script)] } as never;
      }
      assert.ok(isApi(api, produceJoining));
      answer(writes);
      const parts = request[2] as readonly ProducePart[];
      const produced = parts.map(({ topic, partition, batch }): ProducedPart => {
        written.push({ epoch: batch.readInt16BE(51), sequence: batch.readInt32BE(53) });
        return { topic, partition, errorCode: 0, errorMessage: null, baseOffset: 0 };
      });
      return produced as never;
    },
    askCoordinator: async (_of, api, ...request) => {
      if (isApi(api, describeTransactionsV0.api)) {
        const transactionState = epoch === 0 ? script.former : 'Empty';
        return { transactionStates: transactionState === undefined ? [] : [{ transactionState, producerId }] } as never;
      }
      if (isApi(api, addPartitionsToTxnV3.api)) return undefined as never;
      if (isApi(api, endTransactionRaisingEpoch)) answer(request[3] === true ? commits : aborts);
      else assert.ok(isApi(api, initProducerIdV4.api));
      epoch += 1;
      return { producerId, producerEpoch: epoch } as never;
    },
  };
  const limits = { ...defaultKafkaLimits, retryMs: 0 };
  // The part of a cluster that producers use.
  const context = { cluster: cluster as Cluster, limits, lane: { name: 'test' } };
  return { producer: await openTransactionalProducer('task', [place], context), written, asked };
}

function producersIn({ topic, partition }: typeof place, script: Script) {
  script.leftOpen = (script.leftOpen ?? 0) - 1;
  const currentTxnStartOffset = script.leftOpen >= 0 ? 7n : -1n;
  const activeProducers = [{ producerId, currentTxnStartOffset }];
  return { name: topic, partitions: [{ partitionIndex: partition, errorCode: 0, activeProducers }] };
}

const records: PlacedRecord[] = ['one', 'two'].map((text) => ({
  topic: 'results',
  partition: 0,
  key: null,
  value: Buffer.from(text),
  timestampMs: 1,
}));

/** Each call has types of its own; here only which one it is matters. */
function isApi(one: unknown, other: unknown): boolean {
  return one === other;
}

async function verdictOn(producer: TransactionalProducer): Promise<string> {
  try {
    await producer.commit(records);
    return 'committed';
  } catch (error) {
    return isStreamsError(error) ? error.kind : String(error);
  }
}

const ways: readonly { readonly name: string; readonly script: Script; readonly verdict: string }[] = [
  { name: 'the commit gets no answer', script: { commit: [clientFailure.connection] }, verdict: 'CommitUnclear' },
  {
    // It may be busy with our own commit.
    name: 'the coordinator is busy until patience ends',
    script: { commit: ['CONCURRENT_TRANSACTIONS'] },
    verdict: 'CommitUnclear',
  },
  {
    name: 'the coordinator moves while it commits',
    script: { commit: ['COORDINATOR_NOT_AVAILABLE'] },
    verdict: 'CommitUnclear',
  },
  {
    name: 'the coordinator has aborted what took too long',
    script: { commit: ['INVALID_TXN_STATE'] },
    verdict: 'TransactionAborted',
  },
  {
    name: 'the commit is refused, and what is aborted then is committed',
    script: { commit: ['INVALID_TXN_STATE'], abort: ['INVALID_TXN_STATE'] },
    verdict: 'CommitUnclear',
  },
  { name: 'a later owner has the id', script: { commit: ['PRODUCER_FENCED'] }, verdict: 'TaskFenced' },
  {
    name: 'the records get no answer',
    script: { write: [clientFailure.connection] },
    verdict: 'DependencyUnavailable',
  },
  {
    name: 'the records get no answer, and a later owner has the id',
    script: { write: [clientFailure.connection], abort: ['PRODUCER_FENCED'] },
    verdict: 'TaskFenced',
  },
  {
    name: 'the records get no answer, and neither does the abort',
    script: { write: [clientFailure.connection], abort: [clientFailure.connection] },
    verdict: 'DependencyUnavailable',
  },
];

for (const { name, script, verdict } of ways) {
  test(`${name}: ${verdict}`, async () => {
    const { producer } = await open(script);
    assert.equal(await verdictOn(producer), verdict);
  });
}

test('after an abort the numbers of records begin anew, under another epoch', async () => {
  const { producer, written } = await open({ commit: ['TRANSACTION_ABORTABLE'] });
  assert.equal(await verdictOn(producer), 'TransactionAborted');
  assert.equal(await verdictOn(producer), 'committed');
  assert.deepEqual(written, [
    { epoch: 1, sequence: 0 },
    { epoch: 2, sequence: 0 },
  ]);
});

test('an abort without answer comes first the next time: nothing is written into what may still be open', async () => {
  const { producer, asked } = await open({ write: [clientFailure.connection], abort: [clientFailure.connection] });
  assert.equal(await verdictOn(producer), 'DependencyUnavailable');
  assert.equal(await verdictOn(producer), 'committed');
  assert.deepEqual(asked, [writes, aborts, aborts, writes, commits]);
});

/** Once before the id is opened, when everybody must be there, and once after. */
const beforeAndAfter = 2;

for (const [former, end] of [
  ['CompleteCommit', commits],
  ['CompleteAbort', aborts],
] as const) {
  test(`what is still open of a transaction in state ${former} is ended by ${end} when its id is opened`, async () => {
    const { asked } = await open({ former, leftOpen: beforeAndAfter });
    assert.deepEqual(asked, [end]);
  });
}

test('an id is not opened for use when nobody knows how its last transaction ended, and it is still open somewhere', async () => {
  await assert.rejects(open({ former: 'Empty', leftOpen: beforeAndAfter }), { code: 'UNDECIDED_TRANSACTION' });
});

test('what an abort has left open is aborted once more', async () => {
  const script: Script = { commit: ['TRANSACTION_ABORTABLE'] };
  const { producer, asked } = await open(script);
  script.leftOpen = 1;
  assert.equal(await verdictOn(producer), 'TransactionAborted');
  assert.deepEqual(asked, [writes, commits, aborts, aborts]);
});

test('what a commit has left open is committed once more before the next transaction writes', async () => {
  const script: Script = {};
  const { producer, asked } = await open(script);
  script.leftOpen = 2; // at the look right after the commit, and when it is looked at once more
  assert.equal(await verdictOn(producer), 'committed');
  assert.equal(await verdictOn(producer), 'committed');
  assert.deepEqual(asked, [writes, commits, commits, writes, commits]);
});

test('nothing is written before the leaders have said what is open of the former transaction', async () => {
  const script: Script = { looks: [] };
  const { producer, asked } = await open(script);
  script.looks?.push('NOT_LEADER_OR_FOLLOWER', 'NOT_LEADER_OR_FOLLOWER');
  assert.equal(await verdictOn(producer), 'committed');
  assert.equal(await verdictOn(producer), 'DependencyUnavailable');
  assert.equal(await verdictOn(producer), 'committed');
  assert.deepEqual(asked, [writes, commits, writes, commits]);
});
