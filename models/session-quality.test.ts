// That the index is as good as VMIS-kNN should be, on two public data sets; see test/session-protocol.ts for the protocol.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { leftOut } from '../test/left-out.ts';
import { hasSessions, measureSessions, type SessionDataSet } from '../test/session-protocol.ts';

/** A little below what every tenth session gives; sequential rules reach 26.7 / 10.5 and 53.7 / 23.7. */
const LEAST: Readonly<Record<SessionDataSet, { hitRate20: number; mrr20: number }>> = {
  retailrocket: { hitRate20: 55, mrr20: 27.5 },
  yoochoose64: { hitRate20: 68.5, mrr20: 28 },
};

describe('the next item of a session', () => {
  for (const dataSet of ['retailrocket', 'yoochoose64'] as const) {
    it(`is found in ${dataSet} as often as VMIS-kNN finds it`, () => {
      if (!hasSessions(dataSet)) return leftOut(`quality of the session index on ${dataSet}`, { dataSet: true });
      const { hitRate20, mrr20 } = measureSessions(dataSet, undefined, 10);
      assert.ok(hitRate20 > LEAST[dataSet].hitRate20, `HR@20 is ${hitRate20}`);
      assert.ok(mrr20 > LEAST[dataSet].mrr20, `MRR@20 is ${mrr20}`);
    });
  }
});
