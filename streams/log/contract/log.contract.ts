// What every driver of `log.ts` must do. Topic and group names are new for every test, so that a shared broker will do.
import { afterEach, beforeEach, describe } from 'node:test';
import type { Log } from '../log.ts';
import { cleanupContract } from './cleanup.contract.ts';
import { groupContract } from './groups.contract.ts';
import { recordContract } from './records.contract.ts';
import { transactionContract } from './transactions.contract.ts';

export interface LogUnderTest {
  /** Opens the log; what a former one held is still there. */
  open(): Promise<Log>;
  /** Deletes all that the test left. */
  remove(): Promise<void>;
  /** Compacts and expires all that may be by now. Without it those tests are left out. */
  tidy?(log: Log): Promise<void>;
  /** Makes the answer of the next commit get lost, after it was done or before. Without it those tests are left out. */
  loseNextCommit?(log: Log, done: boolean): Promise<void>;
}

/** What the parts of the suite work with. */
export interface Subject {
  readonly log: Log;
  readonly under: LogUnderTest;
  /** How long readers may take to see what was committed. */
  readonly shownWithinMs: number;
  /** A name no other test uses. */
  name(what: string): string;
  /** Closes the log and opens it again, as a restart does. */
  reopen(): Promise<Log>;
}

export interface ContractOptions {
  /** What the driver under test can't do: says which tests to leave out. */
  readonly can: { readonly tidy: boolean; readonly loseCommits: boolean };
  /** A broker answers a commit a moment before readers see it. @default 0 */
  readonly shownWithinMs?: number;
  /** How long a group of the driver waits for a member that does not finish; undefined: too long for a test. */
  readonly revokeWaitMs?: number;
}

export function logContract(name: string, make: () => Promise<LogUnderTest>, options: ContractOptions): void {
  describe(`log contract: ${name}`, () => {
    let under: LogUnderTest;
    let log: Log;
    let tests = 0;
    const run = Date.now().toString(36);

    beforeEach(async () => {
      under = await make();
      log = await under.open();
      tests += 1;
    });
    afterEach(async () => {
      await log.close();
      await under.remove();
    });

    const subject: Subject = {
      get log() {
        return log;
      },
      get under() {
        return under;
      },
      shownWithinMs: options.shownWithinMs ?? 0,
      name: (what) => `contract.${run}.${tests}.${what}`,
      reopen: async () => {
        await log.close();
        log = await under.open();
        return log;
      },
    };
    recordContract(subject);
    transactionContract(subject, options);
    groupContract(subject, options);
    cleanupContract(subject, options);
  });
}
