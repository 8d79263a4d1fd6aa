// One segment file: finding an offset in it and reading from there.
import type { LogRecord, Offset, Partition } from '../log.ts';
import { DataFolderRefused, DependencyUnavailable, isStreamsError } from '../../errors.ts';
import { blockHeaderAt, blockHeaderBytes, isBlockIntact, type BlockHeader } from './block-format.ts';
import type { DiskFile } from './disk.ts';
import type { SegmentEntry } from './manifest.ts';
import type { OpenFiles } from './open-files.ts';
import { lengthAt, offsetAt, readRecord } from './record-format.ts';

/** Records of one block, checked. */
export interface Block extends BlockHeader {
  readonly records: Buffer;
}

export interface SegmentRead {
  readonly records: LogRecord[];
  readonly nextOffset: Offset;
}

/** Of a file: from `position` about `bytesMax` bytes, at most to `end`. */
interface Stretch {
  readonly position: number;
  readonly bytesMax: number;
  readonly end: number;
  readonly into?: Buffer;
}

/** Distance of two index entries: what a lookup has to go through at most. */
const indexEveryBytes = 64 * 1024;

export class Segment {
  /** What of the file counts. Replaced when a flush has appended to it. */
  entry: SegmentEntry;
  /** Path of the file. */
  readonly path: string;
  readonly #files: OpenFiles;
  readonly #index = new SparseIndex();

  constructor(files: OpenFiles, folder: string, entry: SegmentEntry) {
    this.#files = files;
    this.path = `${folder}/${entry.file}`;
    this.entry = entry;
  }

  /** Records from `from` on, of about `bytesMax` bytes but at least one block. */
  read(from: Offset, bytesMax: number, topic: string, partition: Partition): Promise<SegmentRead> {
    const { bytes, next } = this.entry;
    return this.#using(async (file) => {
      const position = await this.#locate(file, from, bytes);
      const { blocks, end } = await this.#readBlocks(file, { position, bytesMax, end: bytes });
      const records: LogRecord[] = [];
      for (const block of blocks) readBlock(block, from, topic, partition, records);
      return { records, nextOffset: end === bytes ? next : (blocks.at(-1)?.next ?? next) };
    });
  }

  /** All blocks in order, about as many at a time as fit `into`, where they stand: what was yielded is gone with the next step. */
  async *blocks(into: Buffer): AsyncGenerator<Block[]> {
    const { bytes } = this.entry;
    for (let position = 0; position < bytes;) {
      const stretch = { position, bytesMax: into.length, end: bytes, into };
      const read = await this.#using((file) => this.#readBlocks(file, stretch));
      yield read.blocks;
      position = read.end;
    }
  }

  async #using<Result>(work: (file: DiskFile) => Promise<Result>): Promise<Result> {
    try {
      return await this.#files.using(this.path, work);
    } catch (error) {
      if (isStreamsError(error)) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new DependencyUnavailable('disk', `The segment file ${this.path} can't be read: ${why}`, { cause: error });
    }
  }

  /** Where the first block stands that reaches beyond `from`; the segment's end when there is none. */
  async #locate(file: DiskFile, from: Offset, bytes: number): Promise<number> {
    let position = this.#index.before(from);
    let ahead: Buffer = Buffer.alloc(0);
    let aheadAt = position;
    while (position < bytes) {
      let header = blockHeaderAt(ahead, position - aheadAt);
      if (header === undefined) {
        ahead = await file.read(position, Math.min(indexEveryBytes, bytes - position));
        aheadAt = position;
        header = blockHeaderAt(ahead, 0);
      }
      if (header === undefined || position + header.length > bytes) throw this.#damaged(position);
      this.#index.add(header.first, position);
      if (header.next > from) return position;
      position += header.length;
    }
    return position;
  }

  async #readBlocks(
    file: DiskFile,
    { position, bytesMax, end, into }: Stretch,
  ): Promise<{ blocks: Block[]; end: number }> {
    let chunk = await file.read(position, Math.min(bytesMax, end - position), into);
    const header = blockHeaderAt(chunk, 0);
    if (header !== undefined && header.length > chunk.length && position + header.length <= end) {
      chunk = await file.read(position, header.length);
    }
    const blocks: Block[] = [];
    let at = 0;
    while (at < chunk.length) {
      const block = this.#blockAt(chunk, at, position, end);
      if (block === undefined) break;
      blocks.push(block);
      this.#index.add(block.first, position + at);
      at += block.length;
    }
    return { blocks, end: position + at };
  }

  /** Undefined when only the beginning of the block was read. */
  #blockAt(chunk: Buffer, at: number, chunkPosition: number, bytes: number): Block | undefined {
    const header = blockHeaderAt(chunk, at);
    if (header === undefined || at + header.length > chunk.length) {
      const cutOff = at > 0 && chunkPosition + at + (header?.length ?? blockHeaderBytes) <= bytes;
      if (cutOff && (header !== undefined || chunk.length - at < blockHeaderBytes)) return undefined;
      throw this.#damaged(chunkPosition + at);
    }
    if (!isBlockIntact(chunk, at, header.length)) throw this.#damaged(chunkPosition + at);
    return { ...header, records: chunk.subarray(at + blockHeaderBytes, at + header.length) };
  }

  #damaged(position: number): DataFolderRefused {
    return new DataFolderRefused(
      `The segment file ${this.path} is damaged at byte ${position}: its checksum or length is wrong. The disk may be failing; ` +
        'restore the data folder from a backup.',
    );
  }
}

/** Positions of some blocks, in order; grows while the file is read. */
class SparseIndex {
  readonly #offsets: Offset[] = [];
  readonly #positions: number[] = [];

  add(first: Offset, position: number): void {
    const last = this.#positions.at(-1);
    if (last !== undefined && position < last + indexEveryBytes) return;
    this.#offsets.push(first);
    this.#positions.push(position);
  }

  /** The position of a block that does not begin after `offset`. */
  before(offset: Offset): number {
    let low = 0;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#offsets[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return this.#positions[low - 1] ?? 0;
  }
}

function readBlock(block: Block, from: Offset, topic: string, partition: Partition, into: LogRecord[]): void {
  for (let at = 0; at < block.records.length; at += lengthAt(block.records, at)) {
    if (offsetAt(block.records, at) >= from) into.push(readRecord(block.records, at, topic, partition));
  }
}
