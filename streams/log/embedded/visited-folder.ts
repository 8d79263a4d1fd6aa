// The log in a folder that another process has: read as it stood at one moment, never written. For who wants the history of a running
// system without being in its way.
import type { Log } from '../log.ts';
import { DataFolderRefused, DependencyUnavailable } from '../../errors.ts';
import { wallClock, type Clock } from '../../clock.ts';
import type { Disk, DiskFile } from './disk.ts';
import { FolderDisk } from './folder-disk.ts';
import { manifestFile, readManifest } from './manifest.ts';
import { openEmbeddedLog } from './open.ts';

export type VisitedLog = Pick<Log, 'openReader' | 'offsets' | 'describeTopic' | 'close'>;

/** Between our looks at two files the owner may have gone on: then what they say does not fit, and is looked at again. */
const ATTEMPTS = 20;
const AGAIN_MS = 50;

/**
 * What was committed when it was opened, whoever has the folder. Of a compacted topic a file may go while it is read: reading it is
 * DependencyUnavailable then, and opening it again helps.
 *
 * @throws DataFolderRefused when there is no log, or it can't be read.
 */
export async function visitEmbeddedLog(folder: string, clock: Clock = wallClock): Promise<VisitedLog> {
  const disk = new VisitedDisk(folder);
  if (disk.size(manifestFile) === undefined)
    throw new DataFolderRefused(`The folder ${folder} holds no log: name a data folder that Freshet has run on.`);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await openAsItStands(disk, clock);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await clock.sleep(AGAIN_MS);
    }
  }
}

async function openAsItStands(disk: VisitedDisk, clock: Clock): Promise<VisitedLog> {
  const before = readManifest(disk);
  const log = await openEmbeddedLog({ folder: disk, clock, onProblem: leaveToTheOwner });
  const after = readManifest(disk);
  if (after.sequence === before.sequence && after.walStart === before.walStart) return log;
  await log.close();
  throw new DependencyUnavailable('log', `The log in ${disk.name} changed while it was opened.`);
}

/** Flushing and compacting is not for visitors: it is tried, refused by the disk below, and of no consequence. */
function leaveToTheOwner(): void {}

/** Reads only. What recovery would cut off or remove stays: for whoever opens the log for good. */
class VisitedDisk implements Disk {
  readonly name: string;
  readonly #disk: FolderDisk;

  constructor(folder: string) {
    this.name = folder;
    this.#disk = new FolderDisk(folder);
  }

  async lock(): Promise<() => void> {
    return () => {};
  }

  open(path: string, how: 'create' | 'existing'): DiskFile {
    if (how === 'create') throw readOnly(path);
    return new VisitedFile(this.#disk.openToRead(path));
  }

  size(path: string): number | undefined {
    return this.#disk.size(path);
  }

  list(folder: string): string[] {
    return this.#disk.list(folder);
  }

  makeFolder(folder: string): void {
    throw readOnly(folder);
  }

  rename(from: string): void {
    throw readOnly(from);
  }

  async remove(): Promise<void> {}

  async syncFolder(): Promise<void> {}

  freeBytes(): number {
    return this.#disk.freeBytes();
  }
}

class VisitedFile implements DiskFile {
  readonly path: string;
  readonly #file: DiskFile;

  constructor(file: DiskFile) {
    this.path = file.path;
    this.#file = file;
  }

  size(): number {
    return this.#file.size();
  }

  writeNow(): void {
    throw readOnly(this.path);
  }

  async write(): Promise<void> {
    throw readOnly(this.path);
  }

  readNow(position: number, length: number): Buffer {
    return this.#file.readNow(position, length);
  }

  read(position: number, length: number, into?: Buffer): Promise<Buffer> {
    return this.#file.read(position, length, into);
  }

  truncate(): void {}

  async sync(): Promise<void> {}

  close(): void {
    this.#file.close();
  }
}

function readOnly(path: string): DependencyUnavailable {
  return new DependencyUnavailable('disk', `${path} belongs to another process: it is only read.`);
}
