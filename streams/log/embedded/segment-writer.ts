// Writes records to segment files, block by block, beginning a new file when one is large enough.
import type { Offset } from '../log.ts';
import type { Disk, DiskFile } from './disk.ts';
import type { LogLimits } from './limits.ts';
import type { SegmentEntry } from './manifest.ts';
import { OpenBlock, type RecordRun } from './open-block.ts';

export interface SegmentPlace {
  readonly disk: Disk;
  readonly folder: string;
  readonly limits: LogLimits;
  readonly newFileNumber: () => number;
  readonly nowMs: number;
  /** A larger file is finished and a new one begun. */
  readonly segmentBytes: number;
  /** Whether what is written is free of superseded values. */
  readonly clean: boolean;
  /** Where what is to be covered begins, though the first record may come later. */
  readonly base: Offset;
}

export class SegmentWriter {
  readonly #block: OpenBlock;
  readonly #place: SegmentPlace;
  readonly #finished: SegmentEntry[] = [];
  #current: { entry: SegmentEntry; file: DiskFile } | undefined;
  readonly #created: string[] = [];
  /** The base of the next file. */
  #nextBase: Offset;

  /** Goes on in `continued`, if there is one. */
  constructor(place: SegmentPlace, continued?: SegmentEntry) {
    this.#place = place;
    this.#nextBase = place.base;
    this.#block = new OpenBlock(place.limits.blockBytes);
    if (continued === undefined) return;
    this.#current = { entry: continued, file: place.disk.open(this.#path(continued.file), 'existing') };
  }

  /** Whether enough has been added that `writeBlock` should be called. */
  get isBlockFull(): boolean {
    return this.#block.bytes >= this.#place.limits.blockBytes;
  }

  /** Copies it: call `writeBlock` when that is enough. */
  add(run: RecordRun): void {
    this.#block.add(run);
  }

  async writeBlock(): Promise<void> {
    if (this.#block.isEmpty) return;
    const { entry, file } = (this.#current ??= this.#begin());
    const block = this.#block.finish();
    await file.write(block, entry.bytes);
    this.#current.entry = this.#block.grown(entry, block.length);
    this.#block.clear();
    if (this.#current.entry.bytes >= this.#place.segmentBytes) await this.#seal();
  }

  /** Writes the rest and syncs. Answers the entries of all files written to, the first being the continued one if there was one. */
  async finish(options: { next: Offset; seal: boolean }): Promise<SegmentEntry[]> {
    await this.writeBlock();
    if (this.#current !== undefined) {
      this.#current.entry = { ...this.#current.entry, next: options.next };
      if (options.seal) await this.#seal();
      else await this.#end();
    }
    if (this.#created.length > 0) await this.#place.disk.syncFolder(this.#place.folder);
    return this.#finished;
  }

  /** Gives up; answers the paths of the files made, to be removed. */
  abandon(): readonly string[] {
    this.#current?.file.close();
    this.#current = undefined;
    return this.#created;
  }

  #begin(): { entry: SegmentEntry; file: DiskFile } {
    const base = this.#nextBase;
    const { disk, clean, nowMs, newFileNumber } = this.#place;
    const name = `${String(base).padStart(16, '0')}.${newFileNumber()}.seg`;
    const file = disk.open(this.#path(name), 'create');
    this.#created.push(this.#path(name));
    const entry: SegmentEntry = {
      file: name,
      base,
      next: base,
      bytes: 0,
      sealed: false,
      clean,
      newestTimestampMs: -Number.MAX_VALUE,
      oldestTombstoneMs: null,
      createdMs: nowMs,
    };
    return { entry, file };
  }

  async #seal(): Promise<void> {
    if (this.#current === undefined) return;
    this.#current.entry = { ...this.#current.entry, sealed: true };
    await this.#end();
  }

  async #end(): Promise<void> {
    if (this.#current === undefined) return;
    const { file, entry } = this.#current;
    await file.sync();
    file.close();
    this.#finished.push(entry);
    this.#nextBase = entry.next;
    this.#current = undefined;
  }

  #path(name: string): string {
    return `${this.#place.folder}/${name}`;
  }
}
