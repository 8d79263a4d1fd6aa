// Looks at lmdb's data file before lmdb does: lmdb maps the file, so a cut or foreign one kills the process (SIGBUS,
// SIGSEGV) where we want to rebuild. Seen with lmdb-js 3.5.6: `lmdb-file.test.ts` keeps the cases.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

// lmdb.h and mdb.c, data version 2 on a 64-bit little-endian machine: two meta pages, the one with the higher transaction counts.
const META_BYTES = 168;
const PAGE_FLAGS_AT = 18;
const PAGE_IS_META = 0x08;
const MAGIC_AT = 24;
const MAGIC = 0xbeefc0de;
const VERSION_AT = 28;
const VERSION = 2;
const PAGE_BYTES_AT = 48;
const FREE_ROOT_AT = 88;
const MAIN_ROOT_AT = 136;
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;

/**
 * Why lmdb must not open this file, or null when it may. An empty file is fine: lmdb begins anew.
 *
 * Finds cut and foreign files. It can't find bytes that changed inside: lmdb keeps no checksums.
 */
export function reasonNotToOpen(file: string): string | null {
  const fd = openSync(file, 'r');
  try {
    const bytes = fstatSync(fd).size;
    return bytes === 0 ? null : judge(fd, bytes);
  } finally {
    closeSync(fd);
  }
}

function judge(fd: number, bytes: number): string | null {
  const first = readMeta(fd, 0);
  if (first === null) return 'its data file is not one of lmdb';
  const second = readMeta(fd, first.pageBytes);
  if (second === null || second.pageBytes !== first.pageBytes) return 'its data file is cut off or not one of lmdb';
  const latest = second.transaction > first.transaction ? second : first;
  if (!rootsInside(latest)) return 'its data file points outside of itself';
  // mdb.c allows the file to end before free pages; in practice it doesn't, and then we rebuild once too often.
  if (BigInt(bytes) < (latest.lastPage + 1n) * BigInt(latest.pageBytes)) return 'its data file is cut off';
  return null;
}

interface Meta {
  readonly pageBytes: number;
  readonly lastPage: bigint;
  readonly transaction: bigint;
  readonly roots: readonly bigint[];
}

function readMeta(fd: number, at: number): Meta | null {
  const page = Buffer.alloc(META_BYTES);
  if (readSync(fd, page, 0, META_BYTES, at) < META_BYTES) return null;
  const isMeta = (page.readUInt16LE(PAGE_FLAGS_AT) & PAGE_IS_META) !== 0;
  if (!isMeta || page.readUInt32LE(MAGIC_AT) !== MAGIC || (page.readUInt32LE(VERSION_AT) & 0xffff) !== VERSION)
    return null;
  const pageBytes = page.readUInt32LE(PAGE_BYTES_AT);
  if (!isPageSize(pageBytes)) return null;
  return {
    pageBytes,
    lastPage: page.readBigUInt64LE(LAST_PAGE_AT),
    transaction: page.readBigUInt64LE(TRANSACTION_AT),
    roots: [page.readBigUInt64LE(FREE_ROOT_AT), page.readBigUInt64LE(MAIN_ROOT_AT)],
  };
}

function isPageSize(bytes: number): boolean {
  return bytes >= 512 && bytes <= 65_536 && (bytes & (bytes - 1)) === 0;
}

function rootsInside(meta: Meta): boolean {
  return meta.roots.every((root) => root === NO_PAGE || root <= meta.lastPage);
}
