// A small file beside an lmdb environment that says whether the environment can be trusted.
//
// Our environments never sync while they run (`noSync`): they are copies of the log, and syncing halves the speed. The
// death of the process loses nothing then, but that of the machine may leave any mixture of old and new pages, which
// lmdb would take for good. So: trusted is what this boot wrote, or what was synced when it was closed.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { currentBootId, sameBoot } from './boot-id.ts';

/** Raise it when what our environments contain changes its form: the older ones are rebuilt. */
const FORMAT = 1;

interface Marker {
  readonly format: number;
  readonly bootId: string;
  /** The data file's size when it was closed and synced; null while it is in use. */
  readonly closedBytes: number | null;
  /** Why it must not be used again, found while it was in use. */
  readonly spoiled: string | null;
}

/** Why an environment with this marker and a data file of this size can't be trusted; null when it can. */
export function reasonNotToTrust(file: string, dataBytes: number): string | null {
  const marker = read(file);
  if (marker === null) return 'nothing says how it was closed';
  if (marker.format !== FORMAT) return `it has format ${marker.format}, not ${FORMAT}`;
  if (marker.spoiled !== null) return marker.spoiled;
  if (marker.closedBytes !== null) {
    return marker.closedBytes === dataBytes
      ? null
      : `its data file has ${dataBytes} bytes, not the ${marker.closedBytes} it was closed with`;
  }
  return sameBoot(marker.bootId, currentBootId()) ? null : 'the machine went down before it was closed';
}

/** Must be on disk before the first write: else a crash could leave the former 'closed' beside a torn data file. */
export function markInUse(file: string): void {
  write(file, { closedBytes: null, spoiled: null });
}

/** Only after the data file was synced. */
export function markClosed(file: string, dataBytes: number): void {
  write(file, { closedBytes: dataBytes, spoiled: null });
}

/** The next one to open the environment wipes it. */
export function markSpoiled(file: string, reason: string): void {
  write(file, { closedBytes: null, spoiled: reason });
}

function read(file: string): Marker | null {
  try {
    const marker: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isMarker(marker) ? marker : null;
  } catch {
    return null; // missing or torn: not trusted, which is always right
  }
}

function isMarker(value: unknown): value is Marker {
  if (typeof value !== 'object' || value === null) return false;
  const { format, bootId, closedBytes, spoiled } = value as Partial<Record<keyof Marker, unknown>>;
  return (
    typeof format === 'number' &&
    typeof bootId === 'string' &&
    (closedBytes === null || typeof closedBytes === 'number') &&
    (spoiled === null || typeof spoiled === 'string')
  );
}

function write(file: string, state: Pick<Marker, 'closedBytes' | 'spoiled'>): void {
  const marker: Marker = { format: FORMAT, bootId: currentBootId(), ...state };
  const temporary = `${file}.new`;
  rmSync(temporary, { force: true });
  const fd = openSync(temporary, 'w');
  try {
    writeSync(fd, JSON.stringify(marker));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, file);
  syncFolder(dirname(file));
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // a folder can't be opened there; NTFS journals the rename
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
