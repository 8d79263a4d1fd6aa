// One write-ahead file: a header and the frames of commits, in their order.
//
//   0 "FRESHWAL"   8 u32 format version   12 u32 CRC-32 of what follows   16 u48 number of the file   22 u48 sequence of its first commit
import { crc32 } from 'node:zlib';
import { DataFolderRefused, DependencyUnavailable } from '../../errors.ts';
import type { Disk, DiskFile } from './disk.ts';
import { readU48, writeU48 } from './record-format.ts';

export const walHeaderBytes = 28;
const magic = 'FRESHWAL';
const format = 1;

export class WalFile {
  readonly number: number;
  readonly firstSequence: number;
  /** Where the next frame goes. */
  length: number;
  readonly #disk: Disk;
  readonly #file: DiskFile;
  #syncedLength = 0;
  #nameIsSynced = false;
  #syncing: Promise<void> | undefined;
  /** After a failed sync the next one may succeed without having written anything: so none may. */
  #syncFailure: unknown;
  #isClosed = false;
  /** What a failed write left could not be cut off yet. */
  #hasRemains = false;

  constructor(disk: Disk, file: DiskFile, header: { number: number; firstSequence: number }, length: number) {
    this.#disk = disk;
    this.#file = file;
    this.number = header.number;
    this.firstSequence = header.firstSequence;
    this.length = length;
  }

  /** @throws DependencyUnavailable when the disk is full. */
  static create(disk: Disk, number: number, firstSequence: number): WalFile {
    try {
      const file = disk.open(walName(number), 'create');
      // An attempt that failed may have left something.
      file.truncate(0);
      file.writeNow(encodeHeader(number, firstSequence), 0);
      return new WalFile(disk, file, { number, firstSequence }, walHeaderBytes);
    } catch (error) {
      throw unwritable(error);
    }
  }

  get isSynced(): boolean {
    return this.#nameIsSynced && this.#syncedLength === this.length;
  }

  /** @throws DependencyUnavailable when it could not be written; then nothing of it stands in the file. */
  append(frame: Buffer): void {
    try {
      if (this.#hasRemains) this.#cutRemains();
      this.#file.writeNow(frame, this.length);
    } catch (error) {
      this.#hasRemains = true;
      this.#tryToCutRemains();
      throw unwritable(error);
    }
    this.length += frame.length;
  }

  /** Resolves once all that was appended before the call, and the file's name, survive a crash of the machine. */
  async sync(): Promise<void> {
    while (this.#syncing !== undefined) await this.#syncing;
    if (this.#syncFailure !== undefined) throw this.#syncFailure;
    // What was closed is synced, or stands in segments.
    if (this.isSynced || this.#isClosed) return;
    this.#syncing = this.#syncAll().catch((error: unknown) => void (this.#syncFailure = error));
    await this.#syncing;
    this.#syncing = undefined;
    if (this.#syncFailure !== undefined) throw this.#syncFailure;
  }

  /** Removes the file, whose commits stand in segments now. */
  async discard(): Promise<void> {
    await this.close();
    await this.#disk.remove(walName(this.number));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    while (this.#syncing !== undefined) await this.#syncing;
    this.#file.close();
  }

  async #syncAll(): Promise<void> {
    const { length } = this;
    await this.#file.sync();
    if (!this.#nameIsSynced) await this.#disk.syncFolder('');
    this.#nameIsSynced = true;
    this.#syncedLength = length;
  }

  #cutRemains(): void {
    this.#file.truncate(this.length);
    this.#hasRemains = false;
  }

  #tryToCutRemains(): void {
    try {
      this.#cutRemains();
    } catch {
      // The next append tries again before it writes anything.
    }
  }
}

export function walName(number: number): string {
  return `wal-${number}.log`;
}

/** Undefined when the header is torn. @throws DataFolderRefused when the file is of a newer version. */
export function decodeHeader(disk: Disk, bytes: Buffer): { number: number; firstSequence: number } | undefined {
  if (bytes.length < walHeaderBytes || bytes.toString('latin1', 0, 8) !== magic) return undefined;
  if (crc32(bytes.subarray(16, walHeaderBytes)) !== bytes.readUInt32LE(12)) return undefined;
  const found = bytes.readUInt32LE(8);
  if (found > format) {
    throw new DataFolderRefused(
      `The data folder ${disk.name} was written by a newer version (its write-ahead format is ${found}, this version knows ${format}): ` +
        'start the newer version again, or give this one another folder.',
    );
  }
  return { number: readU48(bytes, 16), firstSequence: readU48(bytes, 22) };
}

export function unwritable(error: unknown): DependencyUnavailable {
  if (error instanceof DependencyUnavailable) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new DependencyUnavailable('disk', `The data folder can't be written to: ${why}`, { cause: error });
}

function encodeHeader(number: number, firstSequence: number): Buffer {
  const header = Buffer.alloc(walHeaderBytes);
  header.write(magic, 0, 'latin1');
  header.writeUInt32LE(format, 8);
  writeU48(header, number, 16);
  writeU48(header, firstSequence, 22);
  header.writeUInt32LE(crc32(header.subarray(16)), 12);
  return header;
}
