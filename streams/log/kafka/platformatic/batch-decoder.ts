// Reads what a broker answers for one partition: record batches (format 2), of which a reader of committed records sees a part.
//
// Batches of aborted transactions are skipped whole, unread; so are markers. Both take offsets, and so do records that were compacted
// away: the place to read on is counted from the batches, never from the records.
import { compressionsAlgorithmsByBitmask, crc32c } from '@platformatic/kafka';
import type { Headers, LogRecord, Offset, TopicPartition } from '../../log.ts';

/** From this offset on, what this producer wrote is aborted, until its next marker says so. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

export interface DecodedBatches {
  readonly records: LogRecord[];
  /** Where to read on; `from` when there was no whole batch. */
  readonly nextOffset: Offset;
}

/** @throws Error when the bytes are damaged, or packed by an unknown codec. */
export function decodeBatches(
  bytes: Buffer,
  place: TopicPartition,
  from: Offset,
  aborted: readonly AbortedTransaction[],
): DecodedBatches {
  const records: LogRecord[] = [];
  const isAborted = abortedFilter(aborted);
  let nextOffset = from;
  for (const batch of wholeBatches(bytes)) {
    const first = Number(batch.readBigInt64BE(0));
    const next = first + batch.readInt32BE(LAST_OFFSET_DELTA_AT) + 1;
    const hidden = isAborted(batch, next - 1);
    if (next <= from) continue;
    nextOffset = next;
    if (!hidden) readBatch(batch, place, first, from, records);
  }
  return { records, nextOffset };
}

const LENGTH_AT = 8;
const FORMAT_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const FIRST_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const COUNT_AT = 57;
const HEADER_BYTES = 61;
/** From the start of a batch to after its length field, which does not count itself. */
const UNCOUNTED_BYTES = 12;
const FORMAT = 2;
const CODEC = 0b111;
/** The broker's time of receipt stands for the time of each record. */
const LOG_APPEND_TIME = 1 << 3;
const TRANSACTIONAL = 1 << 4;
const CONTROL = 1 << 5;

/** An answer is cut at its size limit, so that its last batch may be a part of one. */
function* wholeBatches(bytes: Buffer): Generator<Buffer> {
  let at = 0;
  while (bytes.length - at >= HEADER_BYTES) {
    const end = at + UNCOUNTED_BYTES + bytes.readInt32BE(at + LENGTH_AT);
    if (end > bytes.length) return;
    yield bytes.subarray(at, end);
    at = end;
  }
}

/** Asked for every batch in turn: whether it is a marker or belongs to an aborted transaction. */
function abortedFilter(aborted: readonly AbortedTransaction[]): (batch: Buffer, lastOffset: Offset) => boolean {
  const waiting = aborted.toSorted((a, b) => Number(a.firstOffset - b.firstOffset));
  const open = new Set<bigint>();
  return (batch, lastOffset) => {
    while (waiting[0] !== undefined && waiting[0].firstOffset <= lastOffset) {
      open.add(waiting[0].producerId);
      waiting.shift();
    }
    const attributes = batch.readInt16BE(ATTRIBUTES_AT);
    if ((attributes & TRANSACTIONAL) === 0) return (attributes & CONTROL) !== 0;
    const producerId = batch.readBigInt64BE(PRODUCER_ID_AT);
    if ((attributes & CONTROL) !== 0) open.delete(producerId);
    return (attributes & CONTROL) !== 0 || open.has(producerId);
  };
}

function readBatch(batch: Buffer, place: TopicPartition, first: Offset, from: Offset, into: LogRecord[]): void {
  checkWhole(batch, place, first);
  const attributes = batch.readInt16BE(ATTRIBUTES_AT);
  const firstMs = Number(batch.readBigInt64BE(FIRST_TIMESTAMP_AT));
  const appendedMs = (attributes & LOG_APPEND_TIME) === 0 ? undefined : Number(batch.readBigInt64BE(MAX_TIMESTAMP_AT));
  const cursor = new Cursor(unpacked(batch.subarray(HEADER_BYTES), attributes & CODEC));
  for (let left = batch.readInt32BE(COUNT_AT); left > 0; left -= 1) {
    const end = cursor.signed() + cursor.at;
    cursor.at += 1; // attributes of a record: none are in use
    const laterMs = cursor.signed();
    const offset = first + cursor.signed();
    if (offset < from) {
      cursor.at = end;
      continue;
    }
    const key = cursor.nullableBytes();
    const value = cursor.nullableBytes();
    const headers = readHeaders(cursor);
    const { topic, partition } = place;
    into.push({ topic, partition, offset, key, value, timestampMs: appendedMs ?? firstMs + laterMs, headers });
  }
}

function checkWhole(batch: Buffer, { topic, partition }: TopicPartition, first: Offset): void {
  const where = `The batch at offset ${first} of ${topic}/${partition}`;
  const format = batch[FORMAT_AT];
  if (format !== FORMAT) throw new Error(`${where} has the format ${format}; only ${FORMAT} is known.`);
  if (crc32c(batch.subarray(ATTRIBUTES_AT)) >>> 0 !== batch.readUInt32BE(CRC_AT))
    throw new Error(`${where} is damaged: its checksum differs.`);
}

function unpacked(bytes: Buffer, codec: number): Buffer {
  if (codec === 0) return bytes;
  const algorithm = compressionsAlgorithmsByBitmask[codec as keyof typeof compressionsAlgorithmsByBitmask];
  if (algorithm === undefined) throw new Error(`There are records packed by an unknown codec (${codec}).`);
  return algorithm.decompressSync(bytes);
}

const NO_HEADERS: Headers = Object.freeze({});

function readHeaders(cursor: Cursor): Headers {
  const count = cursor.signed();
  if (count === 0) return NO_HEADERS;
  const headers: [string, string][] = [];
  for (let index = 0; index < count; index += 1) {
    headers.push([cursor.nullableBytes()?.toString() ?? '', cursor.nullableBytes()?.toString() ?? '']);
  }
  return Object.fromEntries(headers);
}

class Cursor {
  at = 0;
  readonly #from: Buffer;

  constructor(from: Buffer) {
    this.#from = from;
  }

  /** A zigzag varint. Times differ by more than 32 bits can hold. */
  signed(): number {
    let byte = this.#from.readUInt8(this.at++);
    if (byte < 128) return (byte >>> 1) ^ -(byte & 1); // nearly all of them
    let value = byte & 127;
    for (let scale = 128; byte > 127; scale *= 128) {
      byte = this.#from.readUInt8(this.at++);
      value += (byte & 127) * scale;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  nullableBytes(): Buffer | null {
    const length = this.signed();
    if (length < 0) return null;
    this.at += length;
    return this.#from.subarray(this.at - length, this.at);
  }
}
