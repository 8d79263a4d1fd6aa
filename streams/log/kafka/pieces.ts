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
  /** Of the piece, by place: but for the place of the last record, whose bytes are in `bytes`. */
  const bytesByPlace = new Map<string, number>();
  let [place, bytes] = ['', 0];
  for (const record of records) {
    const placeOfRecord = placeKey(record);
    if (placeOfRecord !== place) {
      bytesByPlace.set(place, bytes);
      bytes = bytesByPlace.get(placeOfRecord) ?? 0;
      place = placeOfRecord;
    }
    const added = recordBytes(record);
    if (piece.length >= sendRecords || (bytes > 0 && bytes + added > sendBytes)) {
      pieces.push(piece);
      piece = [];
      bytesByPlace.clear();
      bytes = 0;
    }
    piece.push(record);
    bytes += added;
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}
