// Contract: transactions and fencing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContractOptions, Subject } from './log.contract.ts';
import {
  assertCommitted,
  assertShown,
  pause,
  quietMs,
  readPartition,
  readTopic,
  record,
  Recorder,
  until,
  values,
} from './support.ts';

export function transactionContract(subject: Subject, { can }: ContractOptions): void {
  async function topics(...names: string[]): Promise<string[]> {
    const full = names.map((name) => subject.name(name));
    await subject.log.ensureTopics(full.map((name) => ({ name, partitions: 2, cleanup: 'delete' })));
    return full;
  }
  async function topic(): Promise<string> {
    const [name = ''] = await topics('topic');
    return name;
  }

  test('a commit shows all of its records in all topics, in order', async () => {
    const [one = '', other = ''] = await topics('one', 'other');
    const transactor = await subject.log.openTransactor(subject.name('id'));
    const written = await transactor.commit({
      records: [
        record(one, 'k', '1', { partition: 0 }),
        record(other, 'k', '2', { partition: 1 }),
        record(one, 'k', '3', { partition: 0 }),
        record(one, 'k', '4', { partition: 1 }),
      ],
    });
    await assertShown(subject, one, ['1', '3', '4']);
    await assertShown(subject, other, ['2']);
    const lastOf = async (name: string, partition: number) => {
      const { records } = await readPartition(subject.log, { topic: name, partition });
      return { topic: name, partition, offset: records.at(-1)?.offset };
    };
    const expected = [await lastOf(one, 0), await lastOf(one, 1), await lastOf(other, 1)];
    assert.deepEqual(
      new Set(written.map((place) => JSON.stringify(place))),
      new Set(expected.map((place) => JSON.stringify(place))),
    );
    await transactor.close();
  });

  test('offsets rise, may have gaps, and reading ends at the end', async () => {
    const name = await topic();
    const transactor = await subject.log.openTransactor(subject.name('id'));
    for (let number = 0; number < 5; number += 1) {
      await transactor.commit({ records: [record(name, 'k', `${number}`, { partition: 0 })] });
      await subject.log.append([record(name, 'k', `plain ${number}`, { partition: 0 })]);
    }
    await assertShown(
      subject,
      name,
      ['0', '1', '2', '3', '4'].flatMap((number) => [number, `plain ${number}`]),
    );
    const place = { topic: name, partition: 0 };
    const { records, next } = await readPartition(subject.log, place);
    assert.equal(records.length, 10);
    for (const [index, { offset }] of records.entries()) assert.ok(offset > (records[index - 1]?.offset ?? -1));
    assert.equal(next, (await subject.log.offsets(place)).end);
    // Also from inside a gap, should there be one.
    for (let from = 0; from < next; from += 1) {
      const rest = await readPartition(subject.log, place, from);
      assert.deepEqual(
        rest.records.map(({ offset }) => offset),
        records.map(({ offset }) => offset).filter((offset) => offset >= from),
      );
    }
    await transactor.close();
  });

  // A sink rests on it: on a broker the parts of a transaction become readable one after the other.
  test('what can be read of a transaction lies below the written ends of all its partitions', async () => {
    const [name = '', other = ''] = await topics('one', 'other');
    const transactions = 40;
    const transactor = await subject.log.openTransactor(subject.name('id'));
    const reader = subject.log.openReader([{ topic: name, partition: 0, offset: 0 }]);
    const others = [
      { topic: name, partition: 1 },
      { topic: other, partition: 0 },
    ];
    const seen: { count: number; ends: number[] }[] = [];
    const reading = (async () => {
      for (let count = 0; count < transactions;) {
        for (const { records } of await reader.read(1000)) count += records.length;
        seen.push({ count, ends: await subject.log.writtenEnds(others) });
      }
    })();
    for (let number = 0; number < transactions; number += 1) {
      const places = [{ topic: name, partition: 0 }, ...others];
      await transactor.commit({
        records: places.map(({ topic, partition }) => record(topic, 'k', `${number}`, { partition })),
      });
    }
    await reading;
    await assertShown(
      subject,
      other,
      Array.from({ length: transactions }, (_, number) => `${number}`),
    );
    for (const [index, place] of others.entries()) {
      const { records } = await readPartition(subject.log, place);
      for (const { count, ends } of seen) {
        if (count > 0) assert.ok((ends[index] ?? 0) > (records[count - 1]?.offset ?? Infinity), `${count} in ${index}`);
      }
    }
    await Promise.all([reader.close(), transactor.close()]);
  });

  test('an empty transaction is allowed and writes nothing', async () => {
    const name = await topic();
    const transactor = await subject.log.openTransactor(subject.name('id'));
    assert.deepEqual(await transactor.commit({ records: [] }), []);
    assert.deepEqual(await subject.log.offsets({ topic: name, partition: 0 }), { start: 0, end: 0 });
    await transactor.commit({ records: [record(name, 'k', 'after')] });
    await assertShown(subject, name, ['after']);
    await transactor.close();
  });

  test('of a commit that fails nothing is visible, and the next one works', async () => {
    const name = await topic();
    const id = subject.name('id');
    const transactor = await subject.log.openTransactor(id);
    const bad = [record(name, 'k', 'good', { partition: 0 }), record(name, 'k', 'bad', { partition: 2 })];
    await assert.rejects(transactor.commit({ records: bad }));
    await transactor.close();
    const next = await subject.log.openTransactor(id);
    await next.commit({ records: [record(name, 'k', 'next', { partition: 0 })] });
    await assertShown(subject, name, ['next']);
    await next.close();
  });

  test('a later owner of the id fences the former one, who then writes nothing', async () => {
    const name = await topic();
    const id = subject.name('id');
    const former = await subject.log.openTransactor(id);
    await former.commit({ records: [record(name, 'k', 'former')] });
    const later = await subject.log.openTransactor(id);
    await assert.rejects(former.commit({ records: [record(name, 'k', 'zombie')] }), { kind: 'TaskFenced' });
    await later.commit({ records: [record(name, 'k', 'later')] });
    await assert.rejects(former.commit({ records: [record(name, 'k', 'zombie')] }), { kind: 'TaskFenced' });
    await assertShown(subject, name, ['former', 'later']);
    await Promise.all([former.close(), later.close()]);
  });

  test('when an id was opened again, what its former owner began is decided', async () => {
    const name = await topic();
    const id = subject.name('id');
    const former = await subject.log.openTransactor(id);
    const racing = former
      .commit({ records: [record(name, 'k', 'racing', { partition: 0 })] })
      .catch((error: unknown) => error);
    const later = await subject.log.openTransactor(id);
    const { end } = await subject.log.offsets({ topic: name, partition: 0 });
    await racing;
    await pause(quietMs);
    assert.equal((await subject.log.offsets({ topic: name, partition: 0 })).end, end);
    await Promise.all([former.close(), later.close()]);
  });

  test('other ids are not fenced', async () => {
    const name = await topic();
    const one = await subject.log.openTransactor(subject.name('one'));
    const other = await subject.log.openTransactor(subject.name('other'));
    await one.commit({ records: [record(name, 'k', '1', { partition: 0 })] });
    await other.commit({ records: [record(name, 'k', '2', { partition: 0 })] });
    await one.commit({ records: [record(name, 'k', '3', { partition: 0 })] });
    await assertShown(subject, name, ['1', '2', '3']);
    await Promise.all([one.close(), other.close()]);
  });

  test('consumed offsets are committed with the records, and not before', async () => {
    const name = await topic();
    const group = subject.name('group');
    await subject.log.append([record(name, 'k', '0', { partition: 0 }), record(name, 'k', '1', { partition: 0 })]);
    const recorder = await Recorder.join(subject.log, group, 'one', [name]);
    await until('two records come', () => recorder.all.length === 2);
    const transactor = await subject.log.openTransactor(subject.name('id'));
    assert.deepEqual(await subject.log.committedOffsets(group), []);
    await transactor.commit({ records: [], ...recorder.consumed(name, 0, 1) });
    await assertCommitted(subject, group, [{ topic: name, partition: 0, offset: 1 }]);

    const bad = [record(name, 'k', 'bad', { partition: 2 })];
    await assert.rejects(transactor.commit({ records: bad, ...recorder.consumed(name, 0, 2) }));
    await assertCommitted(subject, group, [{ topic: name, partition: 0, offset: 1 }]);
    await transactor.close();
    await subject.reopen();
    await assertCommitted(subject, group, [{ topic: name, partition: 0, offset: 1 }]);
  });

  for (const done of can.loseCommits ? [true, false] : []) {
    test(`a commit whose answer is lost ${done ? 'after' : 'before'} it was done is unclear: all of it or nothing`, async () => {
      const name = await topic();
      const id = subject.name('id');
      const transactor = await subject.log.openTransactor(id);
      await subject.under.loseNextCommit?.(subject.log, done);
      const records = [record(name, 'k', '1', { partition: 0 }), record(name, 'k', '2', { partition: 1 })];
      await assert.rejects(transactor.commit({ records }), { kind: 'CommitUnclear' });
      await transactor.close();
      const next = await subject.log.openTransactor(id);
      const found = values(await readTopic(subject.log, name));
      assert.ok(found.length === 0 || found.length === 2, `${found.length} records of two`);
      await next.commit({ records: [record(name, 'k', '3', { partition: 1 })] });
      await assertShown(subject, name, [...found, '3']);
      await next.close();
    });
  }
}
