// The embedded log keeps the log's contract, on a real folder and in memory, also with limits so small that flushing never ends.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logContract, type LogUnderTest } from '../contract/log.contract.ts';
import type { Log } from '../log.ts';
import { EmbeddedLog } from './embedded-log.ts';
import type { LogLimits } from './limits.ts';
import { MemoryDisk } from './memory-disk.ts';
import { openEmbeddedLog } from './open.ts';

const options = { can: { tidy: true, loseCommits: false }, revokeWaitMs: 100 };
const tiny = {
  tailBytes: 2000,
  segmentBytes: 1500,
  segmentBytesMin: 400,
  blockBytes: 200,
  batchBytes: 4000,
  openFilesMax: 3,
  sliceBytes: 500,
};

logContract('embedded, on a folder', onFolder, options);
logContract('embedded, in memory', async () => on(new MemoryDisk()), options);
logContract('embedded, in memory, tiny limits', async () => on(new MemoryDisk(), tiny), options);

async function onFolder(): Promise<LogUnderTest> {
  const parent = await mkdtemp(join(tmpdir(), 'freshet-log-'));
  return { ...on(join(parent, 'log')), remove: () => rm(parent, { recursive: true }) };
}

function on(folder: string | MemoryDisk, limits: Partial<LogLimits> = {}): LogUnderTest {
  const onProblem = (problem: Error) => {
    throw problem;
  };
  return {
    open: () => openEmbeddedLog({ folder, limits: { ...limits, revokeWaitMs: options.revokeWaitMs }, onProblem }),
    remove: async () => {},
    tidy,
  };
}

async function tidy(log: Log): Promise<void> {
  if (log instanceof EmbeddedLog) await log.tidy();
}
