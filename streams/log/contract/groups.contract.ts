// Contract: consumer groups.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Log, TopicSpec } from '../log.ts';
import type { ContractOptions, Subject } from './log.contract.ts';
import { assertCommitted, pause, quietMs, record, Recorder, until, values } from './support.ts';

export function groupContract(subject: Subject, { revokeWaitMs }: ContractOptions): void {
  async function topics(partitions: number, ...names: string[]): Promise<string[]> {
    const specs: TopicSpec[] = names.map((name) => ({ name: subject.name(name), partitions, cleanup: 'delete' }));
    await subject.log.ensureTopics(specs);
    return specs.map(({ name }) => name);
  }
  const join = (memberId: string, names: readonly string[], set?: (recorder: Recorder) => void): Promise<Recorder> =>
    Recorder.join(subject.log, subject.name('group'), memberId, names, set);
  const assignedAll = (partitions: number, ...recorders: Recorder[]) =>
    until(`${partitions} partitions are assigned`, () => {
      const all = recorders.flatMap((recorder) => recorder.partitions);
      return (
        all.length === partitions && new Set(all).size === partitions && recorders.every(({ told }) => told.length > 0)
      );
    });
  const append = (log: Log, topic: string, partition: number, ...texts: string[]) =>
    log.append(texts.map((text) => record(topic, 'k', text, { partition })));

  test('a member alone gets all partitions of all topics, and their records in order', async () => {
    const [one = '', other = ''] = await topics(2, 'one', 'other');
    await append(subject.log, one, 0, 'a', 'b');
    await append(subject.log, other, 1, 'c');
    const recorder = await join('one', [one, other]);
    await assignedAll(2, recorder);
    await until('what was there comes', () => recorder.all.length === 3);
    await append(subject.log, one, 0, 'd');
    await until('what is new comes', () => recorder.all.length === 4);
    assert.deepEqual(values(recorder.all.filter(({ topic }) => topic === one)), ['a', 'b', 'd']);
    for (const { nextOffset, records } of recorder.batches) assert.ok(nextOffset > (records.at(-1)?.offset ?? -1));
  });

  test('nothing is delivered before seek', async () => {
    const [name = ''] = await topics(1, 'topic');
    await append(subject.log, name, 0, 'a', 'b', 'c');
    const recorder = await join('one', [name], (created) => (created.seekTo = undefined));
    await assignedAll(1, recorder);
    await pause(quietMs);
    assert.equal(recorder.batches.length, 0);
    recorder.member?.seek({ topic: name, partition: 0, offset: 1 });
    await until('two records come', () => recorder.all.length === 2);
    assert.deepEqual(values(recorder.all), ['b', 'c']);
  });

  test('seek back delivers again', async () => {
    const [name = ''] = await topics(1, 'topic');
    await append(subject.log, name, 0, 'a', 'b');
    const recorder = await join('one', [name]);
    await until('two records come', () => recorder.all.length === 2);
    recorder.member?.seek({ topic: name, partition: 0, offset: 1 });
    await until('one comes again', () => recorder.all.length === 3);
    assert.deepEqual(values(recorder.all), ['a', 'b', 'b']);
  });

  test('a paused partition is silent, others go on; resume goes on where it was; seek ends a pause', async () => {
    const [name = ''] = await topics(2, 'topic');
    const recorder = await join('one', [name]);
    await assignedAll(2, recorder);
    recorder.member?.pause({ topic: name, partition: 0 });
    // One batch may have been on its way.
    await pause(quietMs);
    await append(subject.log, name, 0, 'a');
    await append(subject.log, name, 1, 'b');
    await until('the other comes', () => recorder.all.length > 0);
    await pause(quietMs);
    assert.deepEqual(values(recorder.all), ['b']);
    recorder.member?.resume({ topic: name, partition: 0 });
    await until('the paused one comes', () => recorder.all.length === 2);
    assert.deepEqual(values(recorder.all), ['b', 'a']);

    recorder.member?.pause({ topic: name, partition: 0 });
    await pause(quietMs);
    recorder.member?.seek({ topic: name, partition: 0, offset: 0 });
    await until('it comes again', () => recorder.all.length === 3);
  });

  test('co-partitioned topics are shared among members: each partition number has one owner', async () => {
    const names = await topics(5, 'one', 'other');
    const recorders = [await join('a', names), await join('b', names), await join('c', names)];
    await assignedAll(5, ...recorders);
    const sizes = recorders.map(({ partitions }) => partitions.length).toSorted((a, b) => a - b);
    assert.deepEqual(sizes, [1, 2, 2]);
    for (const name of names)
      for (let partition = 0; partition < 5; partition += 1)
        await append(subject.log, name, partition, `${name}/${partition}`);
    await until('all come', () => recorders.flatMap(({ all }) => all).length === 10);
    for (const { all, partitions } of recorders) {
      for (const { partition } of all) assert.ok(partitions.includes(partition));
      assert.equal(all.length, partitions.length * 2);
    }
  });

  test('topics of one group must have equal partition counts', async () => {
    const [one = ''] = await topics(2, 'one');
    const [other = ''] = await topics(3, 'other');
    await assert.rejects(join('a', [one, other]), { kind: 'Misconfigured' });
  });

  test('who must give up a partition may finish first: nobody else has it before', async () => {
    const [name = ''] = await topics(2, 'topic');
    const first = await join('a', [name]);
    await assignedAll(2, first);
    const transactor = await subject.log.openTransactor(subject.name('id'));
    let second: Recorder | undefined;
    first.whileRevoking = async ([partition = 0]) => {
      await pause(quietMs);
      assert.deepEqual(second?.partitions, []);
      await transactor.commit({ records: [], ...first.consumed(name, partition, 0) });
    };
    second = await join('b', [name]);
    await assignedAll(2, first, second);
    assert.equal(first.partitions.length, 1);
    assert.ok(first.told.includes('revoked'));
    const group = subject.name('group');
    await assertCommitted(subject, group, [{ topic: name, partition: second.partitions[0] ?? -1, offset: 0 }]);
    await transactor.close();
  });

  test('a partition that was kept goes on where it is', async () => {
    const [name = ''] = await topics(2, 'topic');
    await append(subject.log, name, 0, 'a0');
    await append(subject.log, name, 1, 'a1');
    const first = await join('a', [name]);
    await until('both come', () => first.all.length === 2);
    const second = await join('b', [name]);
    await assignedAll(2, first, second);
    const kept = first.partitions[0] ?? -1;
    await append(subject.log, name, kept, 'next');
    await until('the next comes', () => values(first.all).includes('next'));
    assert.equal(first.all.filter(({ partition }) => partition === kept).length, 2);
  });

  test('who leaves makes room at once', async () => {
    const [name = ''] = await topics(3, 'topic');
    const [first, second] = [await join('a', [name]), await join('b', [name])];
    await assignedAll(3, first, second);
    await first.member?.leave();
    await until('the other has all', () => second.partitions.length === 3);
    const before = first.batches.length;
    await append(subject.log, name, 0, 'x');
    await until('it comes to the other', () => values(second.all).includes('x'));
    assert.equal(first.batches.length, before);
  });

  test('a member that has lost a partition can not commit for it', async () => {
    const [name = ''] = await topics(2, 'topic');
    const first = await join('a', [name]);
    await assignedAll(2, first);
    const second = await join('b', [name]);
    await assignedAll(2, first, second);
    const moved = second.partitions[0] ?? -1;
    const transactor = await subject.log.openTransactor(subject.name('id'));
    const records = [record(name, 'k', 'zombie', { partition: 0 })];
    await assert.rejects(transactor.commit({ records, ...first.consumed(name, moved, 1) }), { kind: 'TaskFenced' });
    assert.deepEqual(await subject.log.committedOffsets(subject.name('group')), []);
    assert.equal((await subject.log.offsets({ topic: name, partition: 0 })).end, 0);
    await transactor.close();
  });

  test('rejoin gives all up and gets a new assignment, also during open work', async () => {
    const [name = ''] = await topics(2, 'topic');
    await append(subject.log, name, 0, 'a');
    const recorder = await join('a', [name]);
    await until('it comes', () => recorder.all.length === 1);
    const open = recorder.consumed(name, 0, 1);
    const told = recorder.told.length;
    recorder.partitions = [];
    await recorder.member?.rejoin();
    const transactor = await subject.log.openTransactor(subject.name('id'));
    await until('it is assigned again', () => recorder.told.length > told && recorder.partitions.length === 2);
    await until('it comes again', () => recorder.all.length === 2);
    await transactor.commit({ records: [], ...open });
    await assertCommitted(subject, subject.name('group'), [{ topic: name, partition: 0, offset: 1 }]);
    await transactor.close();
  });

  test('a member that joins again under its name takes over from its former self', async () => {
    const [name = ''] = await topics(2, 'topic');
    const former = await join('a', [name]);
    await assignedAll(2, former);
    const next = await join('a', [name]);
    await until('the new one has all', () => next.partitions.length === 2);
    await until('the former one knows', () => former.told.includes('lost'));
    const transactor = await subject.log.openTransactor(subject.name('id'));
    await assert.rejects(transactor.commit({ records: [], ...former.consumed(name, 0, 0) }), { kind: 'TaskFenced' });
    await transactor.commit({ records: [], ...next.consumed(name, 0, 0) });
    await transactor.close();
  });

  if (revokeWaitMs === undefined) return;

  test('a member that does not finish in time loses all, can not commit, and comes back when it is done', async () => {
    const [name = ''] = await topics(2, 'topic');
    const first = await join('a', [name]);
    await assignedAll(2, first);
    let finish = (): void => {};
    first.whileRevoking = () => new Promise((resolve) => (finish = resolve));
    const second = await join('b', [name]);
    await until('the first is out', () => first.told.includes('lost'));
    await until('the second has all', () => second.partitions.length === 2);
    const transactor = await subject.log.openTransactor(subject.name('id'));
    await assert.rejects(transactor.commit({ records: [], ...first.consumed(name, 0, 0) }), { kind: 'TaskFenced' });
    first.whileRevoking = async () => {};
    finish();
    await assignedAll(2, first, second);
    await transactor.close();
  });
}
