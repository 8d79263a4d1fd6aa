import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Link } from '../../schemas/types.ts';
import { limits } from '../profile/limits.ts';
import { afterForgetting, ownerAt, withLink, withoutCustomer } from './links.ts';

/** The links of a visitor that turned out to be these, in the order in which they were told. */
function told(...links: [customer: string, atMs: number][]): Link[] {
  return links.reduce<Link[]>((known, [customer, atMs]) => withLink(known, customer, atMs) ?? known, []);
}
const owners = (links: Link[], ...times: number[]) => times.map((time) => ownerAt(links, time));

describe('what a visitor does belongs to', () => {
  it('nobody else without a link', () => assert.equal(ownerAt([], 5), undefined));

  it('the first customer from its beginning, to a later one from then on', () => {
    const links = told(['anna', 10], ['bob', 20]);
    assert.deepEqual(owners(links, 0, 10, 19, 20, 99), ['anna', 'anna', 'anna', 'bob', 'bob']);
  });

  it('whoever it was at that time, also when links are told late', () => {
    const links = told(['anna', 10], ['bob', 5]);
    assert.deepEqual(owners(links, 0, 5, 9, 10), ['anna', 'bob', 'bob', 'anna']);
  });

  it('both in turns', () => {
    const links = told(['anna', 10], ['bob', 20], ['anna', 30]);
    assert.deepEqual(owners(links, 15, 25, 35), ['anna', 'bob', 'anna']);
  });

  it('the same one when that is told again', () => {
    assert.equal(withLink(told(['anna', 10]), 'anna', 20), undefined);
    assert.equal(withLink(told(['anna', 10]), 'anna', 3), undefined);
  });

  it('nobody in a time whose link is forgotten', () => {
    const many = Array.from({ length: limits.linksMax + 1 }, (_, n): [string, number] => [`c${n}`, n]);
    const links = told(...many);
    assert.equal(links.length, limits.linksMax);
    assert.deepEqual(owners(links, -1, 0, 1), [undefined, undefined, 'c1']);
  });
});

describe('a link that is taken back', () => {
  it('leaves none', () => assert.deepEqual(withoutCustomer(told(['anna', 10]), 'anna'), []));
  it('of somebody else changes nothing', () => {
    assert.deepEqual(withoutCustomer(told(['anna', 10]), 'bob'), told(['anna', 10]));
  });

  it('leaves everything to who alone remains', () => {
    assert.deepEqual(owners(withoutCustomer(told(['anna', 10], ['bob', 20]), 'anna'), 0, 25), ['bob', 'bob']);
    assert.deepEqual(owners(withoutCustomer(told(['anna', 10], ['bob', 20]), 'bob'), 0, 25), ['anna', 'anna']);
    const turns = told(['anna', 10], ['bob', 20], ['anna', 30]);
    assert.deepEqual(withoutCustomer(turns, 'bob'), told(['anna', 10]));
  });

  it('leaves its time to nobody when several remain', () => {
    const links = withoutCustomer(told(['anna', 10], ['bob', 20], ['eva', 30]), 'anna');
    assert.deepEqual(owners(links, 0, 15, 25, 35), [undefined, undefined, 'bob', 'eva']);
  });
});

describe('a customer who is forgotten', () => {
  it('loses the links until then, and nobody has the history', () => {
    const links = afterForgetting(told(['anna', 10], ['bob', 20], ['anna', 30]), 'anna', 25);
    assert.deepEqual(owners(links, 0, 15, 25, 35), [undefined, undefined, 'bob', 'anna']);
    assert.deepEqual(withoutCustomer(links, 'anna'), links.slice(0, 1), 'bob does not get what was anna’s');
  });
});
