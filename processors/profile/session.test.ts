import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CurrentSession, Profile } from '../../schemas/types.ts';
import { at } from '../testing/given.ts';
import { emptyProfile } from './empty-profile.ts';
import { limits } from './limits.ts';
import { enterSession, sessionKeysOf, visitItem } from './session.ts';

function entered(...minutes: number[]): Profile {
  const profile = emptyProfile('ann');
  for (const minute of minutes) enterSession(profile, at(minute));
  return profile;
}

function currentOf(profile: Profile): CurrentSession {
  assert.ok(profile.session !== null);
  return profile.session;
}

describe('a session', () => {
  it('ends after half an hour without an interaction', () => {
    assert.equal(entered(0, 30, 60).sessions, 1);
    assert.equal(entered(0, 30, 60.1).sessions, 2);
    assert.equal(currentOf(entered(0, 31)).started_at, at(31));
  });

  it('takes in late interactions, even from just before it began', () => {
    const profile = entered(20, 40, 30, 0);
    assert.equal(profile.sessions, 1);
    assert.deepEqual([currentOf(profile).started_at, currentOf(profile).last_at], [at(0), at(40)]);
  });

  it('leaves alone what is too late for it', () => {
    const profile = entered(0, 100);
    assert.equal(enterSession(profile, at(10)), 'past');
    assert.equal(profile.sessions, 2);
    assert.equal(currentOf(profile).started_at, at(100));
  });

  it('keeps the latest visits of its items, in order', () => {
    const session = currentOf(entered(0));
    assert.deepEqual(visitItem(session, 'a', at(0)), { isNew: true, beside: [] });
    assert.deepEqual(visitItem(session, 'b', at(1)), { isNew: true, beside: ['a'] });
    assert.deepEqual(visitItem(session, 'a', at(2)), { isNew: false, beside: [] });
    assert.deepEqual(session.items, ['b', 'a']);
    visitItem(session, 'b', at(0.5));
    assert.deepEqual(session.items, ['b', 'a'], 'an older visit of a known item changes nothing');
  });

  it('says which items a new one is near, by time: those it follows, latest first, then those that follow it', () => {
    const session = currentOf(entered(0));
    for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) visitItem(session, id, at(index));
    assert.deepEqual(visitItem(session, 'late', at(1.5)).beside, ['b', 'a', 'c', 'd']);
    assert.deepEqual(visitItem(session, 'e', at(5)).beside, ['d', 'c', 'late']);
  });

  it('pairs the items of one moment whatever their names', () => {
    const session = currentOf(entered(0));
    const pairs = ['tea', 'cup', 'pot'].flatMap((id) =>
      visitItem(session, id, at(0)).beside.map((other) => [id, other].toSorted().join('+')),
    );
    assert.deepEqual(pairs.toSorted(), ['cup+pot', 'cup+tea', 'pot+tea']);
  });

  it('uses its keys in turn, so that all can be found and deleted', () => {
    const profile = emptyProfile('ann');
    const keys = new Set<string>();
    for (let number = 0; number < 3 * limits.sessionSlots; number += 1) {
      enterSession(profile, at(100 * number));
      keys.add(currentOf(profile).session_key);
      assert.deepEqual(sessionKeysOf(profile).toSorted(), [...keys].toSorted());
    }
    assert.equal(keys.size, limits.sessionSlots);
  });
});
