import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BatchModel } from '../../models/batch-model.ts';
import type { Model } from '../../schemas/types.ts';
import { modelRecordOf, tasteModel } from '../testing/trained.ts';
import { ModelShelf } from './models.ts';

/** Answers when it is told to. */
class SlowFiles {
  readonly asked: { readonly version: string; readonly answer: (model: BatchModel | null) => void }[] = [];
  readonly fetch = ({ version }: Model, answer: (model: BatchModel | null) => void) =>
    void this.asked.push({ version, answer });

  answer(version: string, usable = true): void {
    this.asked.find((one) => one.version === version)?.answer(usable ? tasteModel({ version }) : null);
  }
}

function shelfWith(records: readonly Model[], pinned = '') {
  const files = new SlowFiles();
  const shelf = new ModelShelf(files.fetch, pinned);
  for (const record of records) shelf.set(record.version, record);
  return { files, shelf };
}

/** Asked anew each time. */
function versionOf(shelf: ModelShelf): string | undefined {
  return shelf.current?.version;
}

describe('the model in use', () => {
  it('is the one promoted last, once its artefact is there; until then the one before', () => {
    const { files, shelf } = shelfWith([modelRecordOf('one', 1)]);
    assert.equal(versionOf(shelf), undefined);
    files.answer('one');
    shelf.set('two', modelRecordOf('two', 2));
    assert.equal(versionOf(shelf), 'one');
    files.answer('two');
    assert.equal(versionOf(shelf), 'two');
    shelf.set('three', modelRecordOf('three', null));
    assert.equal(files.asked.length, 2, 'what was not promoted is not fetched');
  });

  it('stays when the next one can’t be used, and is found again after a restart', () => {
    const { files, shelf } = shelfWith([modelRecordOf('one', 1)]);
    files.answer('one');
    shelf.set('two', modelRecordOf('two', 2));
    files.answer('two', false);
    assert.equal(versionOf(shelf), 'one');
    const restarted = shelfWith([modelRecordOf('one', 1), modelRecordOf('two', 2)]);
    restarted.files.answer('two', false);
    restarted.files.asked.at(-1)?.answer(tasteModel({ version: 'one' }));
    assert.equal(versionOf(restarted.shelf), 'one');
  });

  it('is not the one that came late, when another was promoted meanwhile', async () => {
    const { files, shelf } = shelfWith([modelRecordOf('one', 1), modelRecordOf('two', 2)]);
    files.answer('two');
    files.answer('one');
    assert.equal(versionOf(shelf), 'two');
    await shelf.settled();
  });

  it('goes when its record goes', () => {
    const { files, shelf } = shelfWith([modelRecordOf('one', 1)]);
    files.answer('one');
    shelf.set('one', null);
    assert.equal(shelf.current, null);
  });

  it('is the one that was asked for, promoted or not', () => {
    const { files, shelf } = shelfWith([modelRecordOf('one', null), modelRecordOf('two', 2)], 'one');
    files.answer('one');
    assert.equal(versionOf(shelf), 'one');
  });
});
