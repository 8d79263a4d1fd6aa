import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChangeMarks, changeMemory } from './change-marks.ts';

const bytes = (text: string) => Buffer.from(text);

test('what is known is read once more, and then only after something happened to its key', () => {
  const memory = changeMemory();
  const [writer, reader] = [new ChangeMarks(memory), new ChangeMarks(memory)];
  let stored = bytes('one');
  let reads = 0;
  const read = (known: Buffer | null) =>
    reader.read('profiles', 'anna', known, () => {
      reads += 1;
      return known?.equals(stored) ? known : stored;
    });

  const first = read(null);
  assert.equal(read(first), first);
  assert.equal(read(first), first);
  assert.equal(reads, 2, 'to know nothing, and to know that it is the same');

  stored = bytes('two');
  writer.changed('profiles', 'anna');
  const second = read(first);
  assert.equal(second.toString(), 'two');
  assert.equal(read(second), second);
  writer.changedAll();
  assert.equal(read(second), second);
  assert.equal(read(second), second);
  assert.equal(reads, 5);
});

test('what changes while it is read is read again', () => {
  const marks = new ChangeMarks(changeMemory());
  const known = bytes('one');
  let reads = 0;
  const racing = () => {
    reads += 1;
    marks.changed('profiles', 'anna');
    return known;
  };
  marks.read('profiles', 'anna', known, racing);
  marks.read('profiles', 'anna', known, racing);
  assert.equal(reads, 2);
});

test('keys are told apart', () => {
  const marks = new ChangeMarks(changeMemory());
  const known = bytes('one');
  const same = () => known;
  marks.read('profiles', 'anna', known, same);
  for (const key of ['ben', 'carla', 'annaa', 'ann']) marks.changed('profiles', key);
  marks.changed('segments', 'anna');
  marks.read('profiles', 'anna', known, () => assert.fail('nothing has happened to it'));
});
