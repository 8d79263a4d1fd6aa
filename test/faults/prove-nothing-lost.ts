// The proof at the end of a fault test: profiles and log of a data folder against the ledger of the one who sent the events.
import assert from 'node:assert/strict';
import { interactions } from '../../schemas/topics.ts';
import { startFreshet, type FreshetProcess } from '../end-to-end/freshet-process.ts';
import type { Ledger } from './ledger.ts';
import { recountFrom, sendRest } from './producer.ts';
import { readTopics } from './read-log.ts';

const BYSTANDERS = 64;

/** Starts Freshet once more on the folder, sends what is left unanswered, compares, and stops it. */
export async function proveNothingLost(dataDir: string, ledger: Ledger): Promise<void> {
  const freshet = await startFreshet(dataDir);
  await sendRest(freshet, ledger);
  await freshet.ready();
  const expected = ledger.recount();
  assert.deepEqual(await recountFrom(freshet, [...expected.keys()], await endOf(freshet)), expected);
  assert.deepEqual(await freshet.stop(), { code: 0, signal: null });
  const topics = await readTopics(dataDir, [interactions.name]);
  const found = (topics.get(interactions.name) ?? []).map(({ partition, offset, value }) => ({
    id: value === null ? '' : interactions.codec.decode(value).interaction_id,
    place: { partition, offset },
  }));
  assert.deepEqual(ledger.complaintsAbout(found), []);
}

/** The end of the log in every partition, by events of customers who are not counted. */
async function endOf(freshet: FreshetProcess): Promise<string> {
  const events = Array.from({ length: BYSTANDERS }, (_, number) => ({
    interaction_id: `end-${number}`,
    customer_id: `bystander-${number}`,
    event_type: 'search',
  }));
  return (await freshet.ask('POST', '/api/v1/interactions', { events })).json<{ position: string }>().position;
}
