// What the log needs of a disk: one folder, as a port, so that tests and the crash simulator can run it on a disk that fails.
//
// Paths are relative to the folder and use '/'. What is written is visible at once to every reader of the file; it survives a
// crash of the machine only after `sync` of the file and, for its name, `syncFolder` of the folder it stands in.

export interface Disk {
  /** Where it is, for messages. */
  readonly name: string;

  /**
   * Takes the folder for this process; answers how to give it back.
   *
   * @throws DataFolderRefused when another process has it.
   */
  lock(): Promise<() => void>;

  /** `create` makes the file when it is missing; `existing` throws then. */
  open(path: string, how: 'create' | 'existing'): DiskFile;

  /** Undefined when there is no such file. */
  size(path: string): number | undefined;

  /** Names of files and folders in `folder`, in no particular order; none when it does not exist. */
  list(folder: string): string[];

  /** With its parents. */
  makeFolder(folder: string): void;

  /** Replaces what has the new name. */
  rename(from: string, to: string): void;

  /** A file that is open stays readable for those who have it. Nothing happens when it is missing. */
  remove(path: string): Promise<void>;

  syncFolder(folder: string): Promise<void>;

  freeBytes(): number;
}

export interface DiskFile {
  readonly path: string;

  size(): number;

  /** All of it, or an error; after an error part of it may stand in the file. */
  writeNow(bytes: Uint8Array, position: number): void;

  write(bytes: Uint8Array, position: number): Promise<void>;

  /** Shorter than `length` only at the end of the file. */
  readNow(position: number, length: number): Buffer;

  /** Into the front of `into`, if that is given and large enough; else into memory of its own. */
  read(position: number, length: number, into?: Buffer): Promise<Buffer>;

  truncate(length: number): void;

  /** Resolves once everything written before the call survives a crash of the machine. */
  sync(): Promise<void>;

  close(): void;
}

/** Writes a durable file that is to replace another one; `rename` and `syncFolder` then do so. */
export async function writeFile(disk: Disk, path: string, content: Uint8Array): Promise<void> {
  const file = disk.open(path, 'create');
  try {
    file.truncate(0);
    await file.write(content, 0);
    await file.sync();
  } finally {
    file.close();
  }
}
