import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConsentDecisions } from '../customers/consent-decisions.ts';
import type { ServingReads } from '../serving-reads.ts';
import { customersWithoutConsent } from './without-consent.ts';

test('all customers are asked for before one is answered: a store that is a server is asked once', async () => {
  const asked: string[] = [];
  let answer = () => {};
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const reads = {
    consent: async (customer: string) => {
      asked.push(customer);
      await answered;
      return customer !== 'bert';
    },
  } as unknown as ServingReads; // nothing else of it is used
  const decisions = { underWay: () => undefined } as unknown as ConsentDecisions;
  const without = customersWithoutConsent(new Set(['anna', 'bert', 'carl']), { reads, decisions });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(asked, ['anna', 'bert', 'carl']);
  answer();
  assert.deepEqual(await without, new Set(['bert']));
});
