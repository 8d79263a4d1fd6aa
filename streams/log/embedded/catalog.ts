// The manifest in force. Changes happen one after the other; each is on the disk before anything in memory follows it.
import { DependencyUnavailable } from '../../errors.ts';
import type { Disk } from './disk.ts';
import { prepareManifest, switchManifest, type Manifest } from './manifest.ts';

export class Catalog {
  readonly #disk: Disk;
  #manifest: Manifest;
  #nextFile: number;
  #last: Promise<unknown> = Promise.resolve();
  #failure: DependencyUnavailable | undefined;

  constructor(disk: Disk, manifest: Manifest) {
    this.#disk = disk;
    this.#manifest = manifest;
    this.#nextFile = manifest.nextFile;
  }

  get manifest(): Manifest {
    return this.#manifest;
  }

  /** Whether the manifest on the disk may be another one than ours: then no file that either names may be removed. */
  get isUncertain(): boolean {
    return this.#failure !== undefined;
  }

  /** Names a segment file as no other one was named. */
  newFileNumber(): number {
    this.#nextFile += 1;
    return this.#nextFile - 1;
  }

  /**
   * Writes the changed manifest, then calls `apply` before anything else can happen. `change` sees what is in force by then;
   * answering the same manifest means that there is nothing to do. After an error nothing has changed.
   */
  update(change: (manifest: Manifest) => Manifest, apply: (manifest: Manifest) => void): Promise<void> {
    const run = this.#last.then(async () => {
      const changed = change(this.#manifest);
      if (changed === this.#manifest) return;
      const next = { ...changed, nextFile: this.#nextFile };
      await this.#write(next);
      this.#manifest = next;
      apply(next);
    });
    // A failed change is told to its own caller only.
    this.#last = run.catch(() => undefined);
    return run;
  }

  async #write(manifest: Manifest): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await prepareManifest(this.#disk, manifest);
    try {
      await switchManifest(this.#disk);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `The manifest could not be replaced (${why}): the log must be opened again.`;
      this.#failure = new DependencyUnavailable('disk', message, { cause: error });
      throw this.#failure;
    }
  }
}
