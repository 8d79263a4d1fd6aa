// A file to import: its identity, and its bytes from any position on, unpacked if it is gzipped.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { createGunzip } from 'node:zlib';
import { ImportRefused } from '../errors.ts';

export interface SourceFile {
  readonly path: string;
  readonly name: string;
  readonly gzipped: boolean;
  /** A hash of its size and both its ends: the same file under another name has the same. */
  readonly identity: string;
  readonly modifiedMs: number;
  /** Of its content, unpacked. */
  readonly bytes: number;
}

const END_BYTES = 65_536;
const PIECE_BYTES = 262_144;

/**
 * Looks at a file. A gzipped one is unpacked once, to the end: a damaged file is refused before anything of it is imported,
 * because the mended file would be another import and bring everything twice.
 *
 * @throws ImportRefused when it can't be read or is damaged.
 */
export async function openSource(path: string): Promise<SourceFile> {
  const file = await openFile(path);
  try {
    const { size, mtimeMs } = await file.stat();
    const head = await readAt(file, 0, Math.min(size, END_BYTES));
    const tail = await readAt(file, Math.max(0, size - END_BYTES), Math.min(size, END_BYTES));
    const gzipped = head[0] === 0x1f && head[1] === 0x8b;
    return {
      path,
      name: basename(path),
      gzipped,
      identity: createHash('sha256').update(String(size)).update(head).update(tail).digest('hex'),
      modifiedMs: Math.floor(mtimeMs),
      bytes: gzipped ? await unpackedBytes(path) : size,
    };
  } finally {
    await file.close();
  }
}

/** The content from a position on, in pieces. */
export async function* readFrom(source: SourceFile, position: number): AsyncGenerator<Buffer, void, void> {
  if (!source.gzipped) {
    yield* pieces(createReadStream(source.path, { start: position, highWaterMark: PIECE_BYTES }));
    return;
  }
  let left = position;
  for await (const piece of unpacked(source.path)) {
    if (left < piece.length) yield piece.subarray(left);
    left = Math.max(0, left - piece.length);
  }
}

async function openFile(path: string): Promise<FileHandle> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new ImportRefused(`${path} can't be read: ${error.code === 'ENOENT' ? 'no such file' : error.message}`);
  });
  if (!found.isFile()) throw new ImportRefused(`${path} is no file`);
  return open(path).catch((error: Error) => {
    throw new ImportRefused(`${path} can't be read: ${error.message}`);
  });
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

async function unpackedBytes(path: string): Promise<number> {
  let bytes = 0;
  for await (const piece of unpacked(path)) bytes += piece.length;
  return bytes;
}

async function* unpacked(path: string): AsyncGenerator<Buffer, void, void> {
  const packed = createReadStream(path, { highWaterMark: PIECE_BYTES });
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  packed.on('error', (error) => gunzip.destroy(error));
  let bytes = 0;
  try {
    for await (const piece of pieces(packed.pipe(gunzip))) {
      bytes += piece.length;
      yield piece;
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))) throw error;
    const damage = error.code === 'Z_BUF_ERROR' ? 'it breaks off' : 'it is damaged';
    throw new ImportRefused(
      `${path} can't be unpacked: ${damage} after ${bytes} bytes of content. Nothing of it was imported; get the whole file.`,
      { cause: error },
    );
  } finally {
    packed.destroy();
    gunzip.destroy();
  }
}

/** Streams without an encoding give buffers; their type doesn't say so. */
function pieces(stream: NodeJS.ReadableStream): AsyncIterable<Buffer> {
  return stream as unknown as AsyncIterable<Buffer>;
}
