// How a commit stands in a write-ahead file: one frame under one checksum, so that it is there as a whole or not at all.
//
//   0 u32 payload length   4 u32 CRC-32 of the payload
//   8 u48 sequence: how many commits came before   14 u48 how many of those were known to be synced   20 u32 parts   24 u32 positions
//  parts:     u32 topic number, u32 partition, u48 first offset, u48 next offset, u32 count, u32 bytes, f64 newest timestamp; records
//  positions: u32 topic number, u32 partition, u48 offset, u16 length of the group's name; the name
import { crc32 } from 'node:zlib';
import type { NewRecord, Offset, Partition } from '../log.ts';
import { readU48, writeRecord, writeU48 } from './record-format.ts';
import type { Slabs } from './slabs.ts';

const frameHeaderBytes = 8;
const payloadHeaderBytes = 20;
const partHeaderBytes = 36;
const positionHeaderBytes = 16;

/** Records of one partition that are about to be written. */
export interface NewPart {
  readonly topicNumber: number;
  readonly partition: Partition;
  readonly records: readonly NewRecord[];
  /** What the records take, by `recordBytes`. */
  readonly bytes: number;
  readonly newestTimestampMs: number;
  readonly first: Offset;
  readonly next: Offset;
}

/** Records of one partition as they stand in a frame. */
export interface FramePart {
  readonly topicNumber: number;
  readonly partition: Partition;
  readonly first: Offset;
  readonly next: Offset;
  readonly count: number;
  readonly newestTimestampMs: number;
  readonly bytes: Buffer;
}

/** Where a group stands in a partition. */
export interface GroupPosition {
  readonly group: string;
  readonly topicNumber: number;
  readonly partition: Partition;
  readonly offset: Offset;
}

export interface Frame {
  readonly sequence: number;
  readonly syncedBefore: number;
  readonly parts: readonly FramePart[];
  readonly positions: readonly GroupPosition[];
}

export interface EncodedFrame {
  readonly bytes: Buffer;
  readonly parts: readonly FramePart[];
}

export function encodeFrame(
  header: { sequence: number; syncedBefore: number; nowMs: number },
  parts: readonly NewPart[],
  positions: readonly GroupPosition[],
  slabs: Slabs,
): EncodedFrame {
  const bytes = slabs.take(frameHeaderBytes + payloadBytes(parts, positions));
  writeU48(bytes, header.sequence, 8);
  writeU48(bytes, header.syncedBefore, 14);
  bytes.writeUInt32LE(parts.length, 20);
  bytes.writeUInt32LE(positions.length, 24);
  let at = frameHeaderBytes + payloadHeaderBytes;
  const written: FramePart[] = [];
  for (const part of parts) {
    const end = writePart(bytes, at, part, header.nowMs);
    written.push(framePart(part, bytes.subarray(at + partHeaderBytes, end)));
    at = end;
  }
  for (const position of positions) at = writePosition(bytes, at, position);
  bytes.writeUInt32LE(bytes.length - frameHeaderBytes, 0);
  bytes.writeUInt32LE(crc32(bytes.subarray(frameHeaderBytes)), 4);
  return { bytes, parts: written };
}

/** Where the frame at `at` ends, or undefined when there is no whole and intact one. */
export function intactFrameEnd(bytes: Buffer, at: number): number | undefined {
  if (bytes.length < at + frameHeaderBytes + payloadHeaderBytes) return undefined;
  const end = at + frameHeaderBytes + bytes.readUInt32LE(at);
  if (end > bytes.length || end < at + frameHeaderBytes + payloadHeaderBytes) return undefined;
  return crc32(bytes.subarray(at + frameHeaderBytes, end)) === bytes.readUInt32LE(at + 4) ? end : undefined;
}

/** Readable before the frame is known to be intact. */
export function frameSequence(bytes: Buffer, at: number): number {
  return readU48(bytes, at + 8);
}

/** Readable before the frame is known to be intact. */
export function frameSyncedBefore(bytes: Buffer, at: number): number {
  return readU48(bytes, at + 14);
}

/** The frame at `at`, which must be intact. Its records share memory with `bytes`. */
export function decodeFrame(bytes: Buffer, at: number): Frame {
  const parts: FramePart[] = [];
  let next = at + frameHeaderBytes + payloadHeaderBytes;
  for (let left = bytes.readUInt32LE(at + 20); left > 0; left -= 1) {
    const part = readPart(bytes, next);
    parts.push(part);
    next += partHeaderBytes + part.bytes.length;
  }
  const positions: GroupPosition[] = [];
  for (let left = bytes.readUInt32LE(at + 24); left > 0; left -= 1) {
    const { position, end } = readPosition(bytes, next);
    positions.push(position);
    next = end;
  }
  return { sequence: frameSequence(bytes, at), syncedBefore: frameSyncedBefore(bytes, at), parts, positions };
}

function payloadBytes(parts: readonly NewPart[], positions: readonly GroupPosition[]): number {
  let bytes = payloadHeaderBytes;
  for (const part of parts) bytes += partHeaderBytes + part.bytes;
  for (const { group } of positions) bytes += positionHeaderBytes + Buffer.byteLength(group);
  return bytes;
}

function framePart(part: NewPart, bytes: Buffer): FramePart {
  const { topicNumber, partition, first, next, newestTimestampMs } = part;
  return { topicNumber, partition, first, next, count: part.records.length, newestTimestampMs, bytes };
}

function writePart(into: Buffer, at: number, part: NewPart, nowMs: number): number {
  into.writeUInt32LE(part.topicNumber, at);
  into.writeUInt32LE(part.partition, at + 4);
  writeU48(into, part.first, at + 8);
  writeU48(into, part.next, at + 14);
  into.writeUInt32LE(part.records.length, at + 20);
  into.writeUInt32LE(part.bytes, at + 24);
  into.writeDoubleLE(part.newestTimestampMs, at + 28);
  let end = at + partHeaderBytes;
  let offset = part.first;
  for (const record of part.records) {
    end = writeRecord(into, end, record, offset, nowMs);
    offset += 1;
  }
  return end;
}

function readPart(bytes: Buffer, at: number): FramePart {
  const start = at + partHeaderBytes;
  return {
    topicNumber: bytes.readUInt32LE(at),
    partition: bytes.readUInt32LE(at + 4),
    first: readU48(bytes, at + 8),
    next: readU48(bytes, at + 14),
    count: bytes.readUInt32LE(at + 20),
    newestTimestampMs: bytes.readDoubleLE(at + 28),
    bytes: bytes.subarray(start, start + bytes.readUInt32LE(at + 24)),
  };
}

function writePosition(into: Buffer, at: number, { group, topicNumber, partition, offset }: GroupPosition): number {
  into.writeUInt32LE(topicNumber, at);
  into.writeUInt32LE(partition, at + 4);
  writeU48(into, offset, at + 8);
  const length = into.write(group, at + positionHeaderBytes);
  into.writeUInt16LE(length, at + 14);
  return at + positionHeaderBytes + length;
}

function readPosition(bytes: Buffer, at: number): { position: GroupPosition; end: number } {
  const start = at + positionHeaderBytes;
  const end = start + bytes.readUInt16LE(at + 14);
  const position = {
    group: bytes.toString('utf8', start, end),
    topicNumber: bytes.readUInt32LE(at),
    partition: bytes.readUInt32LE(at + 4),
    offset: readU48(bytes, at + 8),
  };
  return { position, end };
}
