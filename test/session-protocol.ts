// The next item of a session, predicted as in the SR-GNN split of RetailRocket and YooChoose 1/64: how often the session index finds
// it. The data sets stay outside of the project, since most may not be redistributed.
//
// For every test session i₁ … iₙ and every prefix i₁ … iₜ: rank all items, the target is iₜ₊₁. Nothing is filtered: the item looked
// at may be the answer. Equal scores by smaller id. HR@20: percent of targets among the first 20; MRR@20: their mean 1/rank, in percent.
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { SessionIndex, type SessionIndexOptions } from '../models/session-index.ts';

export type SessionDataSet = 'retailrocket' | 'yoochoose64';

export interface SessionQuality {
  readonly events: number;
  readonly hitRate20: number;
  readonly mrr20: number;
}

/** Chosen on the last 6 % of the training sessions. */
export const CHOSEN_OPTIONS: Readonly<Record<SessionDataSet, Partial<SessionIndexOptions>>> = {
  retailrocket: { sampleMax: 1500, neighboursMax: 500, windowItems: 6 },
  yoochoose64: { sampleMax: 1000, neighboursMax: 200, windowItems: 4 },
};

/** Items that a prefix has at least. */
const FIRST_PREFIX: Readonly<Record<SessionDataSet, number>> = { retailrocket: 2, yoochoose64: 1 };

const CUT = 20;

export function hasSessions(dataSet: SessionDataSet): boolean {
  return existsSync(fileOf(dataSet, 'train'));
}

/** @param everyNth of the test sessions, for a quick look. */
export function measureSessions(
  dataSet: SessionDataSet,
  options: Partial<SessionIndexOptions> = CHOSEN_OPTIONS[dataSet],
  everyNth = 1,
): SessionQuality {
  const train = sessionsOf(dataSet, 'train');
  const index = new SessionIndex({ sessionsMax: train.length, ...options });
  for (const [at, items] of train.entries()) index.upsert(`s${at}`, items, at);
  let events = 0;
  let hits = 0;
  let reciprocals = 0;
  for (const [at, session] of sessionsOf(dataSet, 'test').entries()) {
    if (at % everyNth !== 0) continue;
    for (let seen = FIRST_PREFIX[dataSet]; seen < session.length; seen += 1) {
      const { itemIds, count } = index.query(session.slice(0, seen), CUT);
      const place = itemIds.slice(0, count).indexOf(session[seen] as string);
      events += 1;
      if (place < 0) continue;
      hits += 1;
      reciprocals += 1 / (place + 1);
    }
  }
  return { events, hitRate20: (100 * hits) / events, mrr20: (100 * reciprocals) / events };
}

function sessionsOf(dataSet: SessionDataSet, part: 'train' | 'test'): string[][] {
  const text = gunzipSync(readFileSync(fileOf(dataSet, part))).toString();
  return text.trim().split('\n').map((line) => line.split(' ')); // prettier-ignore
}

function fileOf(dataSet: SessionDataSet, part: 'train' | 'test'): URL {
  return new URL(`../../shared/data/sessions-${dataSet}/${part}.txt.gz`, import.meta.url);
}
