// The disk port in memory, for tests and the crash simulator: it can fail at any operation, fill up, and go through a crash
// of the process (`afterCrash`) or of the machine (`afterPowerLoss`).
import type { Disk, DiskFile } from './disk.ts';
import { DataFolderRefused } from '../../errors.ts';
import { MemoryContent } from './memory-content.ts';

export interface DiskOperation {
  readonly kind:
    'create' | 'write' | 'read' | 'truncate' | 'sync' | 'rename' | 'remove' | 'makeFolder' | 'syncFolder' | 'lock';
  readonly path: string;
}

/** Thrown by `before` at a write: so many bytes of it are written before it fails. */
export class PartialWrite extends Error {
  readonly written: number;

  constructor(written: number, cause?: unknown) {
    super('the write failed half-way', { cause });
    this.written = written;
  }
}

type Entry = MemoryContent | 'folder';
type Entries = Map<string, Entry>;
/** A change of names in a folder: it is lost in a power loss unless the folder was synced since. */
type NameChange = (entries: Entries) => void;

export class MemoryDisk implements Disk {
  readonly name = 'memory';
  /** Bytes that all files together may have. */
  capacityBytes = Infinity;
  /** Called before every operation; what it throws is that operation's error. */
  before: ((operation: DiskOperation) => void) | undefined;
  /** What an asynchronous operation waits for, such as time on a virtual clock. */
  delay: ((operation: DiskOperation) => Promise<void>) | undefined;

  #entries: Entries = new Map();
  #durable: Entries = new Map();
  #unsynced = new Map<string, NameChange[]>();
  #locked = false;
  #gone = false;

  /**
   * What the next process finds after this one was killed: all that was written. This object is dead from here on: its
   * synchronous operations throw and the others never answer, so that what is left of the former process can do no harm.
   */
  afterCrash(): MemoryDisk {
    const next = this.#successor();
    next.#entries = this.#entries;
    next.#durable = this.#durable;
    next.#unsynced = this.#unsynced;
    return next;
  }

  /** What is found after a power loss: files torn within what was not synced, unsynced names possibly lost. Kills this object. */
  afterPowerLoss(random: () => number): MemoryDisk {
    const next = this.#successor();
    for (const changes of this.#unsynced.values()) {
      const kept = Math.floor(random() * (changes.length + 1));
      for (const change of changes.slice(0, kept)) change(this.#durable);
    }
    for (const [path, entry] of [...this.#durable].sort(([a], [b]) => a.length - b.length)) {
      if (folderOf(path) !== '' && !next.#durable.has(folderOf(path))) continue;
      next.#durable.set(path, entry === 'folder' ? entry : entry.afterPowerLoss(random));
    }
    next.#entries = new Map(next.#durable);
    return next;
  }

  /** Files with their sizes, for tests. */
  files(): Map<string, number> {
    return new Map([...this.#entries].flatMap(([path, entry]) => (entry === 'folder' ? [] : [[path, entry.length]])));
  }

  async lock(): Promise<() => void> {
    this.begin('lock', '');
    if (this.#locked) throw new DataFolderRefused('The data folder in memory is in use: another log has it open.');
    this.#locked = true;
    return () => (this.#locked = false);
  }

  open(path: string, how: 'create' | 'existing'): DiskFile {
    const found = this.#entries.get(path);
    if (found instanceof MemoryContent) return new MemoryFile(this, path, found);
    if (how === 'existing') throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
    this.begin('create', path);
    const folder = folderOf(path);
    if (folder !== '' && this.#entries.get(folder) !== 'folder') throw new Error(`no such folder: ${folder}`);
    const content = new MemoryContent();
    this.#rename(folder, (entries) => entries.set(path, content));
    return new MemoryFile(this, path, content);
  }

  size(path: string): number | undefined {
    const entry = this.#entries.get(path);
    return entry instanceof MemoryContent ? entry.length : undefined;
  }

  list(folder: string): string[] {
    return [...this.#entries.keys()]
      .filter((path) => folderOf(path) === folder)
      .map((path) => path.slice(folder === '' ? 0 : folder.length + 1));
  }

  makeFolder(folder: string): void {
    if (folder === '' || this.#entries.get(folder) === 'folder') return;
    this.makeFolder(folderOf(folder));
    this.begin('makeFolder', folder);
    this.#rename(folderOf(folder), (entries) => entries.set(folder, 'folder'));
  }

  rename(from: string, to: string): void {
    this.begin('rename', from);
    const content = this.#entries.get(from);
    if (content === undefined) throw Object.assign(new Error(`no such file: ${from}`), { code: 'ENOENT' });
    this.#rename(folderOf(to), (entries) => {
      entries.delete(from);
      entries.set(to, content);
    });
  }

  async remove(path: string): Promise<void> {
    await this.beginLater('remove', path);
    this.#rename(folderOf(path), (entries) => entries.delete(path));
  }

  async syncFolder(folder: string): Promise<void> {
    const changes = this.#unsynced.get(folder)?.slice() ?? [];
    await this.beginLater('syncFolder', folder);
    for (const change of changes) change(this.#durable);
    this.#unsynced.get(folder)?.splice(0, changes.length);
  }

  freeBytes(): number {
    let used = 0;
    for (const entry of this.#entries.values()) if (entry !== 'folder') used += entry.length;
    return Math.max(0, this.capacityBytes - used);
  }

  /** For the files of this disk. */
  begin(kind: DiskOperation['kind'], path: string): void {
    if (this.#gone) throw new Error(`this process was killed before its ${kind} of ${path}`);
    this.before?.({ kind, path });
  }

  /** For the files of this disk. */
  async beginLater(kind: DiskOperation['kind'], path: string): Promise<void> {
    if (!this.#gone) this.before?.({ kind, path });
    if (!this.#gone) await this.delay?.({ kind, path });
    if (this.#gone) await new Promise<never>(() => {});
  }

  #rename(folder: string, change: NameChange): void {
    change(this.#entries);
    const unsynced = this.#unsynced.get(folder);
    if (unsynced === undefined) this.#unsynced.set(folder, [change]);
    else unsynced.push(change);
  }

  #successor(): MemoryDisk {
    this.#gone = true;
    const next = new MemoryDisk();
    next.capacityBytes = this.capacityBytes;
    return next;
  }
}

class MemoryFile implements DiskFile {
  readonly path: string;
  readonly #disk: MemoryDisk;
  readonly #content: MemoryContent;

  constructor(disk: MemoryDisk, path: string, content: MemoryContent) {
    this.#disk = disk;
    this.path = path;
    this.#content = content;
  }

  size(): number {
    return this.#content.length;
  }

  writeNow(bytes: Uint8Array, position: number): void {
    try {
      this.#disk.begin('write', this.path);
    } catch (error) {
      if (error instanceof PartialWrite) this.#content.write(bytes.subarray(0, error.written), position);
      throw error;
    }
    this.#writeWhatFits(bytes, position);
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    await this.#disk.beginLater('write', this.path);
    this.#writeWhatFits(bytes, position);
  }

  readNow(position: number, length: number): Buffer {
    this.#disk.begin('read', this.path);
    return this.#content.read(position, length);
  }

  async read(position: number, length: number, into?: Buffer): Promise<Buffer> {
    await this.#disk.beginLater('read', this.path);
    const bytes = this.#content.read(position, length);
    if (into === undefined || into.length < length) return bytes;
    into.set(bytes);
    return into.subarray(0, bytes.length);
  }

  truncate(length: number): void {
    this.#disk.begin('truncate', this.path);
    this.#content.truncate(length);
  }

  async sync(): Promise<void> {
    const applySync = this.#content.beginSync();
    await this.#disk.beginLater('sync', this.path);
    applySync();
  }

  close(): void {}

  #writeWhatFits(bytes: Uint8Array, position: number): void {
    if (this.#disk.capacityBytes === Infinity) return this.#content.write(bytes, position);
    const growth = position + bytes.length - this.#content.length;
    const missing = Math.max(0, growth - this.#disk.freeBytes());
    this.#content.write(bytes.subarray(0, bytes.length - missing), position);
    if (missing > 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  }
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}
