// How often the session index finds the next item of a session: the whole of both public test sets.
import { CHOSEN_OPTIONS, hasSessions, measureSessions, type SessionQuality } from '../test/session-protocol.ts';
import type { Figures } from './lib/bench.ts';

const dataSets = ['retailrocket', 'yoochoose64'] as const;

export async function run(): Promise<Figures> {
  const figures: Record<string, unknown> = {};
  for (const dataSet of dataSets.filter(hasSessions)) {
    figures[dataSet] = rounded(measureSessions(dataSet, CHOSEN_OPTIONS[dataSet]));
    figures[`${dataSet}_with_defaults`] = rounded(measureSessions(dataSet, {}));
    console.log(dataSet, figures[dataSet], 'with defaults', figures[`${dataSet}_with_defaults`]);
  }
  if (Object.keys(figures).length === 0) console.log('The data sets are not here; see test/session-protocol.ts.');
  return figures;
}

function rounded({ events, hitRate20, mrr20 }: SessionQuality): Figures {
  return { events, hit_rate_20: Math.round(100 * hitRate20) / 100, mrr_20: Math.round(100 * mrr20) / 100 };
}
