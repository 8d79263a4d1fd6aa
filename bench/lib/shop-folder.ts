// A data folder with the demo shop's catalogue, customers and some of their past on its log, and Freshet running on it.
import type { Log } from '../../streams/log/log.ts';
import { openLog } from '../../test/faults/processing.ts';
import { startFreshet, type Environment, type FreshetProcess } from '../../test/end-to-end/freshet-process.ts';
import { fillLog } from './backlog.ts';
import { inTemporaryFolder } from './temporary-folder.ts';
import { workedOff } from './worked-off.ts';

const PAST_EVENTS = 20_000;
const PAST_SESSIONS = 20_000;

/** Calls `use` once the past is processed, and ends Freshet afterwards. */
export function withShop<T>(
  use: (freshet: FreshetProcess, folder: string) => Promise<T>,
  environment: Environment = {},
): Promise<T> {
  return inTemporaryFolder(async (folder) => {
    const log = await openLog(folder);
    await fillPast(log);
    await log.close();
    const freshet = await startFreshet(folder, environment);
    try {
      await workedOff(freshet);
      return await use(freshet, folder);
    } finally {
      await freshet.stop();
    }
  });
}

/** What the shop's customers have done before a bench begins. */
export function fillPast(log: Log): Promise<void> {
  return fillLog(log, { workload: 'shop', events: PAST_EVENTS, sessions: PAST_SESSIONS });
}
