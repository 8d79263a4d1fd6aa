// Writes records as Kafka keeps them: one record batch (format 2), to be sent to one partition.
//
// The sizes are counted first, so that a batch is written once, into a buffer of just its length.
import { crc32c } from '@platformatic/kafka';
import type { Headers, NewRecord } from '../../log.ts';

/** Who writes a batch: lets the broker refuse what a former producer sends, and recognise what it already has. */
export interface BatchProducer {
  readonly id: bigint;
  readonly epoch: number;
  /** Counts the producer's records in this partition. */
  readonly sequence: number;
  readonly isTransactional: boolean;
}

export function encodeBatch(records: readonly NewRecord[], producer: BatchProducer): Buffer {
  const firstMs = records[0]?.timestampMs ?? 0;
  const bodies = records.map((record, index) => bodyBytes(record, index, record.timestampMs - firstMs));
  const bytes = bodies.reduce((sum, body) => sum + varintBytes(zigzag(body)) + body, HEADER_BYTES);
  const batch = Buffer.allocUnsafe(bytes);
  writeHeader(batch, records, producer);
  const cursor = new Cursor(batch, HEADER_BYTES);
  // By index: pairs of `entries` would be a fifteenth of what a count leaves to collect.
  for (let index = 0; index < records.length; index += 1) {
    const record = records[index] as NewRecord;
    writeRecord(cursor, record, index, record.timestampMs - firstMs, bodies[index] ?? 0);
  }
  batch.writeUInt32BE(crc32c(batch.subarray(ATTRIBUTES_AT)) >>> 0, CRC_AT);
  return batch;
}

/** At most what a record adds to a batch. */
export function recordBytesMax(record: NewRecord): number {
  const headers = Object.entries(record.headers ?? {});
  const headerBytes = headers.reduce((sum, [name, value]) => sum + 10 + 3 * (name.length + value.length), 0);
  return 40 + (record.key?.length ?? 0) + (record.value?.length ?? 0) + headerBytes;
}

const FORMAT = 2;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const HEADER_BYTES = 61;
const TRANSACTIONAL = 1 << 4;
/** From the start of a batch to after its length field, which does not count itself. */
const UNCOUNTED_BYTES = 12;
const NULL = -1;

function writeHeader(batch: Buffer, records: readonly NewRecord[], producer: BatchProducer): void {
  const lastMs = records.reduce((latest, { timestampMs }) => Math.max(latest, timestampMs), 0);
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(batch.length - UNCOUNTED_BYTES, 8);
  batch.writeInt32BE(-1, 12);
  batch[16] = FORMAT;
  batch.writeInt16BE(producer.isTransactional ? TRANSACTIONAL : 0, ATTRIBUTES_AT);
  batch.writeInt32BE(records.length - 1, 23);
  batch.writeBigInt64BE(BigInt(records[0]?.timestampMs ?? 0), 27);
  batch.writeBigInt64BE(BigInt(lastMs), 35);
  batch.writeBigInt64BE(producer.id, 43);
  batch.writeInt16BE(producer.epoch, 51);
  batch.writeInt32BE(producer.sequence, 53);
  batch.writeInt32BE(records.length, 57);
}

function writeRecord(cursor: Cursor, record: NewRecord, index: number, laterMs: number, body: number): void {
  cursor.signed(body);
  cursor.byte(0);
  cursor.signed(laterMs);
  cursor.signed(index);
  cursor.nullableBytes(record.key);
  cursor.nullableBytes(record.value);
  const headers = headersOf(record.headers);
  cursor.signed(headers.length);
  for (const [name, value] of headers) {
    cursor.text(name);
    cursor.text(value);
  }
}

function bodyBytes({ key, value, headers }: NewRecord, index: number, laterMs: number): number {
  const all = headersOf(headers);
  let headerBytes = 0;
  for (const [name, text] of all) headerBytes += textBytes(name) + textBytes(text);
  const fixed = 1 + varintBytes(zigzag(laterMs)) + varintBytes(zigzag(index)) + varintBytes(zigzag(all.length));
  return fixed + nullableBytes(key) + nullableBytes(value) + headerBytes;
}

const NO_HEADERS: [string, string][] = [];

function headersOf(headers: Headers | undefined): [string, string][] {
  return headers === undefined ? NO_HEADERS : Object.entries(headers);
}

function nullableBytes(bytes: Buffer | null): number {
  return bytes === null ? varintBytes(zigzag(NULL)) : varintBytes(zigzag(bytes.length)) + bytes.length;
}

function textBytes(text: string): number {
  const bytes = Buffer.byteLength(text);
  return varintBytes(zigzag(bytes)) + bytes;
}

/** Small numbers of either sign become small ones without. Times may differ by more than 32 bits hold. */
function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}

class Cursor {
  readonly #into: Buffer;
  #at: number;

  constructor(into: Buffer, at: number) {
    this.#into = into;
    this.#at = at;
  }

  byte(value: number): void {
    this.#into[this.#at] = value;
    this.#at += 1;
  }

  signed(value: number): void {
    let rest = zigzag(value);
    while (rest > 127) {
      this.byte((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  nullableBytes(bytes: Buffer | null): void {
    this.signed(bytes?.length ?? NULL);
    if (bytes !== null) this.#at += bytes.copy(this.#into, this.#at);
  }

  text(text: string): void {
    this.signed(Buffer.byteLength(text));
    this.#at += this.#into.write(text, this.#at);
  }
}
