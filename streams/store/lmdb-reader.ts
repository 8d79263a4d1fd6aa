// Reads a task's store on disk from another thread than the one that has it open. lmdb sees to it that what is read is whole.
import { open } from 'lmdb';
import { DependencyUnavailable } from '../errors.ts';
import { checkKey, storedKey } from './stored-key.ts';

export interface LmdbReader {
  /** As `TaskStore.get`: what the last transaction has left. @throws DependencyUnavailable when it can't be read. */
  get(table: string, key: string, known?: Buffer | null): Buffer | undefined;
  /** From now on `get` sees what was written until now. lmdb itself looks at most once in each turn of the thread. */
  refresh(): void;
  /** To be called before the owner closes its store. */
  close(): Promise<void>;
}

/** Opens the store of a task in a folder that another thread of this process has opened before, and keeps open until this is closed. */
export function openLmdbReader(folder: string, task: string): LmdbReader {
  const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;
  const root = open<Buffer, Buffer>({ ...binary, path: folder, readOnly: true, noSync: true });
  const entries = root.openDB<Buffer, Buffer>({ ...binary, name: task });
  return {
    get: (table, key, known) => {
      checkKey(table, key);
      try {
        const bytes = entries.getBinaryFast(storedKey(table, key));
        return bytes === undefined ? undefined : knownOrCopied(known, bytes);
      } catch (error) {
        throw new DependencyUnavailable('disk', `local store ${folder}: ${String(error)}`, { cause: error });
      }
    },
    refresh: () => root.resetReadTxn(),
    close: () => root.close(),
  };
}

/** What is known if it has the same bytes: most of what is read again and again has not changed. */
export function knownOrCopied(known: Buffer | null | undefined, bytes: Buffer): Buffer {
  const { length } = bytes; // not that of the memory it stands in
  const isSame = known?.length === length && known.compare(bytes, 0, length) === 0;
  return isSame ? known : copied(bytes, length);
}

/** lmdb's bytes are gone with its next read. Into Node's pool, which is faster than lmdb's own copy. */
function copied(bytes: Buffer, length: number): Buffer {
  const copy = Buffer.allocUnsafe(length);
  bytes.copy(copy, 0, 0, length);
  return copy;
}
