// Imports into a data folder that no running server has.
import { customers, imports, interactions, items } from '../schemas/topics.ts';
import type { Clock } from '../streams/index.ts';
import { openEmbeddedLog } from '../streams/log/embedded/open.ts';
import { topicSpec } from '../streams/run.ts';
import { LogTarget } from './log-target.ts';
import type { ImportTarget } from './target.ts';

export interface FolderTargetOptions {
  /** Of the log. */
  readonly folder: string;
  /** Of the topics' names. */
  readonly prefix: string;
  /** Of each topic, where the folder is new. */
  readonly partitions: number;
  readonly clock: Clock;
}

/** @throws DataFolderRefused when a process has the folder, or it is no data folder. */
export async function openFolderTarget({
  folder,
  prefix,
  partitions,
  clock,
}: FolderTargetOptions): Promise<ImportTarget> {
  const log = await openEmbeddedLog({ folder, clock });
  await log.ensureTopics(
    [interactions, customers, items, imports].map((topic) => topicSpec(topic, prefix, partitions)),
  );
  const target = new LogTarget({ name: folder, log, prefix, clock });
  return {
    name: target.name,
    chunkLinesMax: target.chunkLinesMax,
    chunkBytesMax: target.chunkBytesMax,
    progress: (importId) => target.progress(importId),
    commit: (chunk, signal) => target.commit(chunk, signal),
    close: async () => {
      await target.close();
      await log.close();
    },
  };
}
