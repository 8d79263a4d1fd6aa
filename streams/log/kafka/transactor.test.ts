// A transaction that was aborted is no end: the task commits its batch again with the same producer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommitUnclear, TransactionAborted } from '../../errors.ts';
import type { TransactionalProducer } from './client.ts';
import type { TopicCatalog } from './topic-catalog.ts';
import { KafkaTransactor } from './transactor.ts';

// The part of the catalogue that is used here.
const catalog = { place: async (records: readonly unknown[]) => records } as unknown as TopicCatalog;
const record = { topic: 't', partition: 0, key: null, value: Buffer.from('v'), timestampMs: 0 };

function failingWith(failures: Error[]): TransactionalProducer {
  return {
    commit: async () => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return [{ topic: 't', partition: 0, offset: 7 }];
    },
    close: async () => {},
  };
}

test('after an abort the next commit may work', async () => {
  const transactor = new KafkaTransactor('id', failingWith([new TransactionAborted('aborted')]), catalog, () => {});
  await assert.rejects(transactor.commit({ records: [record] }), TransactionAborted);
  assert.deepEqual(await transactor.commit({ records: [record] }), [{ topic: 't', partition: 0, offset: 7 }]);
});

test('after a commit without an answer it is of no use any more', async () => {
  const transactor = new KafkaTransactor('id', failingWith([new CommitUnclear('no answer')]), catalog, () => {});
  await assert.rejects(transactor.commit({ records: [record] }), CommitUnclear);
  await assert.rejects(transactor.commit({ records: [record] }), CommitUnclear);
});
