// Segment files that are open: at most so many, closed in the order of their last use, never while somebody reads.
import type { Disk, DiskFile } from './disk.ts';

interface OpenFile {
  readonly file: DiskFile;
  users: number;
  forgotten: boolean;
}

export class OpenFiles {
  readonly #disk: Disk;
  readonly #openMax: number;
  /** Least recently used first. */
  readonly #open = new Map<string, OpenFile>();

  constructor(disk: Disk, openMax: number) {
    this.#disk = disk;
    this.#openMax = openMax;
  }

  /** Runs `work` on the file, which stays open and readable meanwhile, even if it is removed. */
  async using<Result>(path: string, work: (file: DiskFile) => Promise<Result>): Promise<Result> {
    const open = this.#open.get(path) ?? { file: this.#disk.open(path, 'existing'), users: 0, forgotten: false };
    this.#open.delete(path);
    this.#open.set(path, open);
    open.users += 1;
    try {
      return await work(open.file);
    } finally {
      open.users -= 1;
      if (open.forgotten) this.#closeUnused(open);
      else this.#closeSurplus();
    }
  }

  /** Closes the file as soon as nobody uses it: it is about to be removed. */
  forget(path: string): void {
    const open = this.#open.get(path);
    if (open === undefined) return;
    this.#open.delete(path);
    open.forgotten = true;
    this.#closeUnused(open);
  }

  closeAll(): void {
    for (const path of this.#open.keys()) this.forget(path);
  }

  #closeSurplus(): void {
    if (this.#open.size <= this.#openMax) return;
    for (const [path, { users }] of this.#open) {
      if (users === 0) return this.forget(path);
    }
  }

  #closeUnused(open: OpenFile): void {
    if (open.users === 0) open.file.close();
  }
}
