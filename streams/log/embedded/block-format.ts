// How a segment file is made up: blocks, each a run of records of one partition under one checksum.
//
//   0 u32 length of all of it   4 u32 CRC-32 of what follows   8 u48 first offset   14 u48 next offset   20 u32 record count
//  24 records
import { crc32 } from 'node:zlib';
import type { Offset } from '../log.ts';
import { readU48, writeU48 } from './record-format.ts';

export const blockHeaderBytes = 24;

export interface BlockHeader {
  readonly length: number;
  readonly first: Offset;
  /** Every offset from `first` to before this one is covered: what is not in the block is a gap. */
  readonly next: Offset;
  readonly count: number;
}

/** Writes the header of the block that `block` is from its start to its end, whose records stand there already. */
export function finishBlock(block: Buffer, first: Offset, next: Offset, count: number): void {
  block.writeUInt32LE(block.length, 0);
  writeU48(block, first, 8);
  writeU48(block, next, 14);
  block.writeUInt32LE(count, 20);
  block.writeUInt32LE(crc32(block.subarray(8)), 4);
}

/** The header at `at`, unchecked; undefined when `bytes` do not reach that far or can't be one. */
export function blockHeaderAt(bytes: Buffer, at: number): BlockHeader | undefined {
  if (bytes.length < at + blockHeaderBytes) return undefined;
  const length = bytes.readUInt32LE(at);
  if (length < blockHeaderBytes) return undefined;
  return { length, first: readU48(bytes, at + 8), next: readU48(bytes, at + 14), count: bytes.readUInt32LE(at + 20) };
}

export function isBlockIntact(bytes: Buffer, at: number, length: number): boolean {
  return crc32(bytes.subarray(at + 8, at + length)) === bytes.readUInt32LE(at + 4);
}
