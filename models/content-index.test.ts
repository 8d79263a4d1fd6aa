import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ContentIndex } from './content-index.ts';

const text = (title: string, tags: string[] = [], description: string | null = null) => ({
  title,
  description,
  tags,
  categories: [],
});

function indexOf(titles: Readonly<Record<string, string>>, itemsMax = 100): ContentIndex {
  const index = new ContentIndex({ itemsMax });
  for (const [id, title] of Object.entries(titles)) index.describe(id, text(title));
  return index;
}

const idsOf = (index: ContentIndex, itemId: string) => index.alike(itemId, 10).map((each) => each.itemId);

describe('items that are described alike', () => {
  it('share rare words rather than common ones, in English and Portuguese', () => {
    const index = indexOf({
      lamp: 'Desk lamp of oak',
      lamps: 'Two lamps for your desk',
      chair: 'Desk chair of steel',
      luminaria: 'Luminária de mesa vermelha',
      vermelho: 'Luminárias vermelhas, o par',
      rug: 'Wool rug',
    });
    assert.equal(idsOf(index, 'lamp')[0], 'lamps');
    assert.deepEqual(idsOf(index, 'luminaria'), ['vermelho']);
    assert.deepEqual(idsOf(index, 'rug'), []);
  });

  it('have a cosine of one when they are described the same, and less otherwise', () => {
    const index = indexOf({ a: 'blue cup', b: 'blue cup', c: 'blue plate', d: 'green bowl' });
    const [first, second] = index.alike('a', 2);
    assert.equal(first?.itemId, 'b');
    assert.ok(Math.abs((first?.score ?? 0) - 1) < 1e-9);
    assert.ok((second?.score ?? 1) < 1);
  });

  it('are found by what tags and descriptions say, too', () => {
    const index = new ContentIndex();
    index.describe('a', text('First', ['espresso']));
    index.describe('b', text('Second', [], 'For everybody who likes an espresso after lunch.'));
    index.describe('c', text('Third', ['tea']));
    assert.deepEqual(idsOf(index, 'a'), ['b']);
  });

  it('follow every change of what is said, and forget the oldest when there are too many', () => {
    const index = indexOf({ a: 'red kettle', b: 'red kettle', c: 'green hose' });
    index.describe('b', text('green hose'));
    assert.deepEqual(idsOf(index, 'c'), ['b']);
    index.describe('c', null);
    assert.deepEqual(idsOf(index, 'b'), []);
    const small = indexOf({ a: 'red kettle', b: 'red kettle', c: 'red kettle', d: 'hose' }, 3);
    assert.deepEqual([small.items, idsOf(small, 'a'), idsOf(small, 'c')], [3, [], ['b']]);
  });

  it('stay the same when a catalogue is told over and over', () => {
    const index = indexOf({ a: 'red kettle', b: 'blue kettle', c: 'green hose' });
    const before = index.alike('a', 5);
    for (let round = 0; round < 3_000; round += 1)
      index.describe('c', text(round % 2 === 0 ? 'grey hose' : 'green hose'));
    assert.deepEqual(index.alike('a', 5), before);
  });
});
