// Reads the write-ahead files when a folder is opened.
//
// After a crash of the machine what was never synced may be lost or torn, in any order of sectors: the log then ends before the
// first commit that is not whole, and nothing after that counts, whole or not. Damage in what had been synced is not a crash's
// work. The two are told apart by the frames themselves: each says how many commits were known to be synced when it was written.
import { DataFolderRefused } from '../../errors.ts';
import type { Disk, DiskFile } from './disk.ts';
import { decodeFrame, frameSequence, frameSyncedBefore, intactFrameEnd, type Frame } from './frame-format.ts';
import { decodeHeader, WalFile, walHeaderBytes, walName } from './wal-file.ts';

export interface RecoveredWal {
  readonly wal: WalFile;
  readonly frames: readonly { frame: Frame; bytes: number }[];
}

/** More commits than can be in unsynced files together: a sequence beyond that is not one. */
const sequencesAheadMax = 2 ** 32;

/**
 * The write-ahead files from number `first` on, whose first commit has `sequence`; at least one. What a crash tore is cut off.
 *
 * @throws DataFolderRefused when files that had been synced are missing or damaged.
 */
export async function recover(disk: Disk, first: number, sequence: number): Promise<RecoveredWal[]> {
  if (disk.size(walName(first)) === undefined) throw damaged(disk, walName(first), 'it is missing');
  const recovered: RecoveredWal[] = [];
  let expected = sequence;
  for (let number = first; disk.size(walName(number)) !== undefined; number += 1) {
    const file = disk.open(walName(number), 'existing');
    const bytes = file.readNow(0, file.size());
    const header = decodeHeader(disk, bytes);
    if (header?.firstSequence !== expected) {
      // The file before this one lost its end, or this one never got its beginning.
      await cut(disk, { file, bytes, at: 0, number, expected });
      file.close();
      if (number === first) recovered.push({ wal: WalFile.create(disk, number, expected), frames: [] });
      break;
    }
    const { frames, end } = readFrames(bytes, expected);
    expected += frames.length;
    recovered.push({ wal: new WalFile(disk, file, header, end), frames });
    if (end < bytes.length) {
      await cut(disk, { file, bytes, at: end, number, expected });
      break;
    }
  }
  return recovered;
}

interface Cut {
  readonly file: DiskFile;
  readonly bytes: Buffer;
  readonly at: number;
  readonly number: number;
  /** The sequence of the first commit that is lost. */
  readonly expected: number;
}

/** Ends the log at `at`, unless something says that what is lost had been synced. */
async function cut(disk: Disk, { file, bytes, at, number, expected }: Cut): Promise<void> {
  const later = laterFiles(disk, number);
  const synced = hadBeenSynced(bytes, at, expected) || later.some(({ content }) => hadBeenSynced(content, 0, expected));
  if (synced)
    throw damaged(
      disk,
      walName(number),
      `commit ${expected} at byte ${at} is damaged or missing, though it had been synced`,
    );
  // The last file goes first: a crash in between must not leave one that no longer follows on the one before.
  for (const { name } of later.toReversed()) await disk.remove(name);
  await disk.syncFolder('');
  file.truncate(at);
  // What was cut off must not come back after the next crash, behind newer commits.
  await file.sync();
}

function readFrames(bytes: Buffer, firstSequence: number): { frames: { frame: Frame; bytes: number }[]; end: number } {
  const frames: { frame: Frame; bytes: number }[] = [];
  let at = walHeaderBytes;
  for (;;) {
    const end = intactFrameEnd(bytes, at);
    if (end === undefined || frameSequence(bytes, at) !== firstSequence + frames.length) return { frames, end: at };
    frames.push({ frame: decodeFrame(bytes, at), bytes: end - at });
    at = end;
  }
}

/** Whether a whole frame after `from` says that the commit `sequence` was synced when it was written. */
function hadBeenSynced(bytes: Buffer, from: number, sequence: number): boolean {
  for (let at = from; at + 28 <= bytes.length; at += 1) {
    const plausible =
      frameSyncedBefore(bytes, at) > sequence && frameSequence(bytes, at) - sequence < sequencesAheadMax;
    if (
      plausible &&
      frameSequence(bytes, at) >= frameSyncedBefore(bytes, at) &&
      intactFrameEnd(bytes, at) !== undefined
    )
      return true;
  }
  return false;
}

function laterFiles(disk: Disk, number: number): { name: string; content: Buffer }[] {
  const files: { name: string; content: Buffer }[] = [];
  for (let later = number + 1; disk.size(walName(later)) !== undefined; later += 1) {
    const file = disk.open(walName(later), 'existing');
    files.push({ name: walName(later), content: file.readNow(0, file.size()) });
    file.close();
  }
  return files;
}

function damaged(disk: Disk, name: string, why: string): DataFolderRefused {
  return new DataFolderRefused(
    `The write-ahead file ${name} in the data folder ${disk.name} is damaged: ${why}. The disk may be failing; ` +
      'restore the folder from a backup, or move it away to begin with an empty one. Nothing in it was changed.',
  );
}
