// Records on their way between threads: their bytes in one piece that changes hands without being copied again.
import type { Transferable } from 'node:worker_threads';

interface Bytes {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** Of each record what is no bytes, and the lengths of its key and value in `bytes`; -1 for null. */
export interface Packed<Rest> {
  readonly heads: readonly (Rest & { readonly keyLength: number; readonly valueLength: number })[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function pack<Rest extends object>(records: readonly (Rest & Bytes)[]): Packed<Rest> {
  const length = records.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0);
  const bytes = new Uint8Array(length);
  let at = 0;
  const put = (part: Buffer | null): number => {
    if (part === null) return -1;
    bytes.set(part, at);
    at += part.length;
    return part.length;
  };
  const heads = records.map(({ key, value, ...rest }) => ({
    ...(rest as unknown as Rest),
    keyLength: put(key),
    valueLength: put(value),
  }));
  return { heads, bytes };
}

export function unpack<Rest extends object>({ heads, bytes }: Packed<Rest>): (Rest & Bytes)[] {
  let at = 0;
  const take = (length: number): Buffer | null => {
    if (length < 0) return null;
    at += length;
    return Buffer.from(bytes.buffer, bytes.byteOffset + at - length, length);
  };
  return heads.map(({ keyLength, valueLength, ...rest }) => ({
    ...(rest as unknown as Rest),
    key: take(keyLength),
    value: take(valueLength),
  }));
}

export function transferOf({ bytes }: Packed<object>): Transferable[] {
  return [bytes.buffer];
}
