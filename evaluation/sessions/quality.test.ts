// That the algorithms are as good as they should be, on every tenth test session of two public data sets, with the rules of the SR-GNN split.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { leftOut } from '../../test/left-out.ts';
import { replaySessions } from './evaluate-sessions.ts';
import { readSessions } from './read-sessions.ts';
import { sessionAlgorithms } from './session-algorithms.ts';
import { numbered, trainingData } from './session-data.ts';

const EVERY_NTH = 10;

/** A little below what every tenth session gives. `choice` is what the validation split chooses; `latest` sessions are learnt from. */
const dataSets = [
  {
    name: 'retailrocket',
    minPrefix: 2,
    algorithm: 'vmis_knn',
    choice: 0,
    latest: Infinity,
    hitRate20: 55,
    mrr20: 27.5,
  },
  { name: 'yoochoose64', minPrefix: 1, algorithm: 'vmis_knn', choice: 1, latest: Infinity, hitRate20: 68.5, mrr20: 28 },
  { name: 'yoochoose64', minPrefix: 1, algorithm: 'blend', choice: 0, latest: 30_000, hitRate20: 67.5, mrr20: 30 },
] as const;

describe('the next item of a session', () => {
  for (const { name, minPrefix, algorithm, choice, latest, hitRate20, mrr20 } of dataSets) {
    it(`is found in ${name} by ${algorithm} as often as it should be`, () => {
      const folder = fileURLToPath(new URL(`../../../shared/data/sessions-${name}/`, import.meta.url));
      if (!existsSync(folder)) return leftOut(`quality of ${algorithm} on ${name}`, { dataSet: true });
      const data = trainingData(readSessions(`${folder}train.txt.gz`).slice(-latest));
      const tested = readSessions(`${folder}test.txt.gz`)
        .filter((_, at) => at % EVERY_NTH === 0)
        .map((session) => numbered(session, data.items));
      const definition = sessionAlgorithms.find((each) => each.name === algorithm);
      const recommender = definition?.fit(data, definition.choices[choice] ?? {});
      assert.ok(recommender !== undefined);
      const tally = replaySessions(data, tested, recommender, { ks: [20], minPrefix, withoutCurrent: false });
      assert.ok(tally.mean('hit_rate@20') > hitRate20, `HR@20 is ${tally.mean('hit_rate@20')}`);
      assert.ok(tally.mean('mrr@20') > mrr20, `MRR@20 is ${tally.mean('mrr@20')}`);
    });
  }
});
