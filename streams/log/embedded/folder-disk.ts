// The disk port on a real folder.
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Disk, DiskFile } from './disk.ts';
import { takeOwnership } from '../../ownership.ts';

export class FolderDisk implements Disk {
  readonly name: string;

  constructor(folder: string) {
    this.name = folder;
  }

  lock(): Promise<() => void> {
    return takeOwnership(this.name);
  }

  open(path: string, how: 'create' | 'existing'): DiskFile {
    const flags = fs.constants.O_RDWR | (how === 'create' ? fs.constants.O_CREAT : 0);
    return new FolderFile(path, fs.openSync(join(this.name, path), flags, 0o600));
  }

  /** For who may not write. The file must be there. */
  openToRead(path: string): DiskFile {
    return new FolderFile(path, fs.openSync(join(this.name, path), fs.constants.O_RDONLY));
  }

  size(path: string): number | undefined {
    return fs.statSync(join(this.name, path), { throwIfNoEntry: false })?.size;
  }

  list(folder: string): string[] {
    const path = join(this.name, folder);
    return fs.existsSync(path) ? fs.readdirSync(path) : [];
  }

  makeFolder(folder: string): void {
    fs.mkdirSync(join(this.name, folder), { recursive: true, mode: 0o700 });
  }

  rename(from: string, to: string): void {
    fs.renameSync(join(this.name, from), join(this.name, to));
  }

  async remove(path: string): Promise<void> {
    await fs.promises.rm(join(this.name, path), { force: true });
  }

  async syncFolder(folder: string): Promise<void> {
    const handle = await fs.promises.open(join(this.name, folder), 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  freeBytes(): number {
    const { bavail, bsize } = fs.statfsSync(this.name);
    return bavail * bsize;
  }
}

const readLater = promisify(fs.read);
const writeLater = promisify(fs.write);
const syncLater = promisify(fs.fdatasync);

class FolderFile implements DiskFile {
  readonly path: string;
  readonly #descriptor: number;

  constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  size(): number {
    return fs.fstatSync(this.#descriptor).size;
  }

  writeNow(bytes: Uint8Array, position: number): void {
    let done = 0;
    while (done < bytes.length) {
      done += fs.writeSync(this.#descriptor, bytes, done, bytes.length - done, position + done);
    }
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await writeLater(this.#descriptor, bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  }

  readNow(position: number, length: number): Buffer {
    const into = Buffer.allocUnsafeSlow(length);
    let done = 0;
    while (done < length) {
      const more = fs.readSync(this.#descriptor, into, done, length - done, position + done);
      if (more === 0) break;
      done += more;
    }
    return into.subarray(0, done);
  }

  async read(position: number, length: number, into?: Buffer): Promise<Buffer> {
    const bytes = into !== undefined && into.length >= length ? into : Buffer.allocUnsafeSlow(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await readLater(this.#descriptor, bytes, done, length - done, position + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  }

  truncate(length: number): void {
    fs.ftruncateSync(this.#descriptor, length);
  }

  sync(): Promise<void> {
    return syncLater(this.#descriptor);
  }

  close(): void {
    fs.closeSync(this.#descriptor);
  }
}

/** Makes the data folder itself durable too, not only what stands in it. */
export function makeDataFolder(folder: string): FolderDisk {
  if (fs.mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) syncNow(dirname(folder));
  return new FolderDisk(folder);
}

function syncNow(folder: string): void {
  const descriptor = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
