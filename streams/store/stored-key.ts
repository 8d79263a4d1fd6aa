// How a table and a key become one key of the store, with the limits that both have.
import { Bug } from '../errors.ts';
import { KEY_BYTES_MAX, TABLE_NAME_BYTES_MAX } from './store.ts';

/** Between table and key. As no table's name contains it, none is the prefix of another. */
const SEPARATOR = '\0';
const AFTER_SEPARATOR = '\x01';

/** @throws Bug when the name is not one a table can have. */
export function checkTable(table: string): void {
  if (table === '' || table.includes(SEPARATOR) || Buffer.byteLength(table) > TABLE_NAME_BYTES_MAX) {
    throw new Bug(`not a name for a table: ${JSON.stringify(table)}`);
  }
}

/** Whether a key has at most KEY_BYTES_MAX bytes. */
export function isStorable(key: string): boolean {
  // No UTF-16 unit takes more than three bytes: most keys need no counting.
  return key.length * 3 <= KEY_BYTES_MAX || Buffer.byteLength(key) <= KEY_BYTES_MAX;
}

/** @throws Bug when the key is too long: the runtime rejects such records before they come here. */
export function checkKey(table: string, key: string): void {
  if (isStorable(key)) return;
  throw new Bug(`table ${table}: a key of ${Buffer.byteLength(key)} bytes; at most ${KEY_BYTES_MAX} are allowed`);
}

export function storedKey(table: string, key: string): Buffer {
  return Buffer.from(table + SEPARATOR + key);
}

/** The first key that is past all of the table's. */
export function endOfTable(table: string): Buffer {
  return Buffer.from(table + AFTER_SEPARATOR);
}

/** How many bytes of a stored key stand before the key. */
export function prefixBytes(table: string): number {
  return Buffer.byteLength(table) + SEPARATOR.length;
}
