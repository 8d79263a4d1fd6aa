// How a record's bytes stand in the write-ahead files, in memory and in segments: everywhere the same, so that flushing
// copies whole runs of records.
//
//    0 u32 length of all of it     4 u48 offset      10 u16 header count     12 f64 timestamp
//   20 i32 key length, -1: null   24 i32 value length, -1: a tombstone
//   28 key · value, or for a tombstone an f64: when it was written · headers: each u16 and u32 lengths, name, value
import type { Headers, LogRecord, NewRecord, Offset, Partition } from '../log.ts';

const fixedBytes = 28;
export const recordBytesMin = fixedBytes;
const headerFixedBytes = 6;
/** A tombstone may go some time after it was written, whatever its own timestamp says: so that time is kept with it. */
const tombstoneBytes = 8;
const noHeaders: Headers = Object.freeze({});

export function recordBytes({ key, value, headers }: NewRecord): number {
  const bytes = fixedBytes + (key?.length ?? 0) + (value?.length ?? tombstoneBytes);
  return headers === undefined ? bytes : bytes + headersBytes(headers);
}

/** Writes the record at `at`; answers where it ends. */
export function writeRecord(into: Buffer, at: number, record: NewRecord, offset: Offset, nowMs: number): number {
  const { key, value, headers } = record;
  writeU48(into, offset, at + 4);
  into.writeDoubleLE(record.timestampMs, at + 12);
  into.writeInt32LE(key === null ? -1 : key.length, at + 20);
  into.writeInt32LE(value === null ? -1 : value.length, at + 24);
  let end = at + fixedBytes;
  if (key !== null) {
    into.set(key, end);
    end += key.length;
  }
  if (value === null) end = into.writeDoubleLE(nowMs, end);
  else {
    into.set(value, end);
    end += value.length;
  }
  into.writeUInt16LE(0, at + 10);
  if (headers !== undefined) end = writeHeaders(into, at, end, headers);
  into.writeUInt32LE(end - at, at);
  return end;
}

export function readRecord(bytes: Buffer, at: number, topic: string, partition: Partition): LogRecord {
  const keyLength = bytes.readInt32LE(at + 20);
  const valueLength = bytes.readInt32LE(at + 24);
  const valueAt = at + fixedBytes + Math.max(keyLength, 0);
  const headersAt = valueAt + (valueLength < 0 ? tombstoneBytes : valueLength);
  return {
    topic,
    partition,
    offset: offsetAt(bytes, at),
    key: keyLength < 0 ? null : bytes.subarray(at + fixedBytes, valueAt),
    value: valueLength < 0 ? null : bytes.subarray(valueAt, headersAt),
    timestampMs: timestampAt(bytes, at),
    headers: readHeaders(bytes, headersAt, bytes.readUInt16LE(at + 10)),
  };
}

export function lengthAt(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at);
}

export function offsetAt(bytes: Buffer, at: number): Offset {
  return readU48(bytes, at + 4);
}

export function timestampAt(bytes: Buffer, at: number): number {
  return bytes.readDoubleLE(at + 12);
}

/** Where the key of the record at `at` begins. */
export function keyStart(at: number): number {
  return at + fixedBytes;
}

/** -1: there is no key. */
export function keyLengthAt(bytes: Buffer, at: number): number {
  return bytes.readInt32LE(at + 20);
}

/** When the tombstone at `at` was written; undefined when the record is none. */
export function tombstoneWrittenMs(bytes: Buffer, at: number): number | undefined {
  if (bytes.readInt32LE(at + 24) >= 0) return undefined;
  return bytes.readDoubleLE(at + fixedBytes + Math.max(keyLengthAt(bytes, at), 0));
}

/** Six bytes hold every safe integer an offset can grow to; two writes are faster than `writeUIntLE`. */
export function writeU48(into: Buffer, value: number, at: number): void {
  into.writeUInt32LE(value >>> 0, at);
  into.writeUInt16LE(Math.floor(value / 0x1_0000_0000), at + 4);
}

export function readU48(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt16LE(at + 4) * 0x1_0000_0000;
}

function headersBytes(headers: Headers): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    bytes += headerFixedBytes + Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  return bytes;
}

function writeHeaders(into: Buffer, recordAt: number, at: number, headers: Headers): number {
  const entries = Object.entries(headers);
  into.writeUInt16LE(entries.length, recordAt + 10);
  for (const [name, value] of entries) {
    const nameBytes = into.write(name, at + headerFixedBytes);
    const valueBytes = into.write(value, at + headerFixedBytes + nameBytes);
    into.writeUInt16LE(nameBytes, at);
    into.writeUInt32LE(valueBytes, at + 2);
    at += headerFixedBytes + nameBytes + valueBytes;
  }
  return at;
}

function readHeaders(bytes: Buffer, at: number, count: number): Headers {
  if (count === 0) return noHeaders;
  const entries: [string, string][] = [];
  for (let left = count; left > 0; left -= 1) {
    const valueAt = at + headerFixedBytes + bytes.readUInt16LE(at);
    const end = valueAt + bytes.readUInt32LE(at + 2);
    entries.push([bytes.toString('utf8', at + headerFixedBytes, valueAt), bytes.toString('utf8', valueAt, end)]);
    at = end;
  }
  // `fromEntries` defines properties: a header named `__proto__` stays a header.
  return Object.fromEntries(entries);
}
