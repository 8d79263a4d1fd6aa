// What is sent at once: brokers refuse batches of a partition that are too large.
import type { NewRecord } from '../log.ts';
import type { PlacedRecord } from './client.ts';
import { placeKey } from '../place-key.ts';
import type { KafkaLimits } from './settings.ts';

/** Offsets, lengths and the like: an upper bound of what a record takes beside its key, value and headers. */
const overheadBytes = 64;

export function recordBytes({ key, value, headers }: NewRecord): number {
  let bytes = overheadBytes + (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) bytes += 3 * (name.length + (headers[name]?.length ?? 0)) + 8;
  return bytes;
}

/** In order, cut so that no piece has too many records, nor too many bytes for one partition unless that is one record. */
export function piecesOf(
  records: readonly PlacedRecord[],
  { sendBytes, sendRecords }: KafkaLimits,
): readonly (readonly PlacedRecord[])[] {
  const pieces: PlacedRecord[][] = [];
  let piece: PlacedRecord[] = [];
  let bytesByPartition = new Map<string, number>();
  for (const record of records) {
    const place = placeKey(record);
    const bytes = recordBytes(record);
    const before = bytesByPartition.get(place) ?? 0;
    if (piece.length >= sendRecords || (before > 0 && before + bytes > sendBytes)) {
      pieces.push(piece);
      piece = [];
      bytesByPartition = new Map();
    }
    piece.push(record);
    bytesByPartition.set(place, (bytesByPartition.get(place) ?? 0) + bytes);
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}
