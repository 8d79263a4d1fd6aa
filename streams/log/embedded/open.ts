// Opens the embedded log: a new folder, or one that a former process left in whatever state.
import { randomUUID } from 'node:crypto';
import { wallClock, type Clock } from '../../clock.ts';
import { DataFolderRefused } from '../../errors.ts';
import { Catalog } from './catalog.ts';
import type { Disk } from './disk.ts';
import { EmbeddedLog } from './embedded-log.ts';
import { makeDataFolder } from './folder-disk.ts';
import { GroupPositions } from './group-positions.ts';
import { Journal } from './journal.ts';
import { defaultLimits, type LogLimits } from './limits.ts';
import {
  manifestFile,
  newManifestFile,
  prepareManifest,
  readManifest,
  switchManifest,
  type Manifest,
} from './manifest.ts';
import { OpenFiles } from './open-files.ts';
import { ownerFile } from '../../ownership.ts';
import type { PartitionLog } from './partition-log.ts';
import { recover, type RecoveredWal } from './recovery.ts';
import { Tail } from './tail.ts';
import { Topic, Topics } from './topic.ts';
import { Turns } from './turns.ts';
import { Upkeep } from './upkeep.ts';
import { WalFile, walName } from './wal-file.ts';

export interface EmbeddedLogOptions {
  /** A folder path, made when missing; or a disk, for tests and the simulator. */
  readonly folder: string | Disk;
  /** @default the machine's */
  readonly clock?: Clock;
  readonly limits?: Partial<LogLimits>;
  /** Runs a callback once everything that is due now has run; the simulator may decide when. @default setImmediate */
  readonly soon?: (callback: () => void) => void;
  /** Told what background work could not do; it is tried again. @default a process warning */
  readonly onProblem?: (problem: Error) => void;
  /** Of a new folder. @default a random UUID */
  readonly clusterId?: string;
}

/**
 * Opens the log of a data folder; this process owns it until `close`.
 *
 * A log that was not closed, because its process was killed or the machine went down, opens with what it had: everything that
 * was appended with durability 'disk', and of the rest all commits before the first one that was lost.
 *
 * @throws DataFolderRefused when the folder is in use, foreign, damaged or of a newer version.
 */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<EmbeddedLog> {
  const disk = typeof options.folder === 'string' ? makeDataFolder(options.folder) : options.folder;
  refuseForeign(disk);
  const release = await disk.lock();
  try {
    return await openOwned(disk, release, options);
  } catch (error) {
    release();
    throw error;
  }
}

async function openOwned(disk: Disk, release: () => void, options: EmbeddedLogOptions): Promise<EmbeddedLog> {
  const { clock = wallClock, onProblem = (problem) => process.emitWarning(problem) } = options;
  const soon = options.soon ?? ((callback) => void setImmediate(callback));
  const limits = { ...defaultLimits, ...options.limits };
  if (disk.size(manifestFile) === undefined) await createEmpty(disk, options.clusterId ?? randomUUID());
  const manifest = readManifest(disk);
  const files = new OpenFiles(disk, limits.openFilesMax);
  const catalog = new Catalog(disk, manifest);
  const topics = new Topics();
  for (const entry of manifest.topics) topics.add(new Topic(entry, files));
  await checkFiles(disk, manifest, topics);

  const positions = new GroupPositions();
  positions.apply(manifest.positions);
  const recovered = await recover(disk, manifest.walStart, manifest.sequence);
  const tails = recovered.map((wal) => replay(wal, topics, positions, clock.nowMs()));
  const closing = new AbortController();
  const journal = new Journal({ disk, clock, limits, positions, tails, closing: closing.signal });
  const turns = new Turns(soon);
  const context = { disk, clock, limits, catalog, topics, files, journal, turns, closing: closing.signal };
  const upkeep = new Upkeep(context, onProblem);
  upkeep.start();
  return new EmbeddedLog({
    disk,
    clock,
    limits,
    catalog,
    topics,
    positions,
    files,
    journal,
    upkeep,
    closing,
    soon,
    onProblem,
    release,
  });
}

/** A folder that holds something else is not touched. */
function refuseForeign(disk: Disk): void {
  const names = disk.list('');
  if (names.includes(manifestFile)) return;
  const foreign = names.filter((name) => !isOurs(name) && name !== 'lost+found');
  if (foreign.length === 0) return;
  throw new DataFolderRefused(
    `The folder ${disk.name} has no ${manifestFile} but other things (${foreign.slice(0, 3).join(', ')}): it is no data folder. ` +
      'Name an empty folder, or one that does not exist yet.',
  );
}

/** What a first start that was interrupted may have left. */
function isOurs(name: string): boolean {
  return name === newManifestFile || name === walName(1) || name.startsWith(ownerFile);
}

async function createEmpty(disk: Disk, clusterId: string): Promise<void> {
  const wal = WalFile.create(disk, 1, 0);
  await wal.sync();
  await wal.close();
  const manifest: Manifest = { clusterId, walStart: 1, sequence: 0, nextFile: 1, topics: [], positions: [] };
  await prepareManifest(disk, manifest);
  await switchManifest(disk);
}

/** Everything the manifest names must be there; what it does not name is left over from a crash. */
async function checkFiles(disk: Disk, { walStart }: Manifest, topics: Topics): Promise<void> {
  for (const log of topics.partitions()) await checkSegments(disk, log);
  for (const name of disk.list('')) {
    const number = /^wal-(\d+)\.log$/.exec(name)?.[1];
    if (number !== undefined && Number(number) < walStart) await disk.remove(name);
  }
}

async function checkSegments(disk: Disk, log: PartitionLog): Promise<void> {
  const named = new Set(log.segments.map(({ entry }) => entry.file));
  for (const name of disk.list(log.folder)) if (!named.has(name)) await disk.remove(`${log.folder}/${name}`);
  for (const { path, entry } of log.segments) {
    const size = disk.size(path);
    if (size !== undefined && size >= entry.bytes) continue;
    throw new DataFolderRefused(
      `The segment file ${path} in the data folder ${disk.name} ${size === undefined ? 'is missing' : `ends at byte ${size}, not ${entry.bytes}`}: ` +
        'restore the folder from a backup, or move it away to begin with an empty one.',
    );
  }
}

function replay({ wal, frames }: RecoveredWal, topics: Topics, positions: GroupPositions, nowMs: number): Tail {
  const tail = new Tail(wal);
  for (const { frame, bytes } of frames) {
    const logs = frame.parts.map((part) => logOf(topics, part));
    tail.add(bytes, frame.parts, logs, nowMs);
    positions.apply(frame.positions);
  }
  tail.positions = positions.all();
  return tail;
}

function logOf(topics: Topics, { topicNumber, partition }: { topicNumber: number; partition: number }): PartitionLog {
  const log = topics.byNumber.get(topicNumber)?.partitions[partition];
  if (log === undefined)
    throw new DataFolderRefused(
      `A write-ahead file names partition ${partition} of topic ${topicNumber}, which is not in the manifest.`,
    );
  return log;
}
