// Where artefacts lie: one file per version, written beside and put in place as a whole, so that nobody ever reads half of one.
import { webcrypto } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtefactRefused } from '../models/artefact.ts';
import { BatchModel } from '../models/batch-model.ts';
import type { Model } from '../schemas/types.ts';
import { latestPromoted } from './latest-promoted.ts';

/** What a record says of its file. */
export type ArtefactRecord = Pick<Model, 'version' | 'file' | 'bytes' | 'sha256'>;

const ARTEFACTS_KEPT = 5;

/** Names that lead out of the folder are no names. */
const fileNames = /^[\w-][\w.-]{0,200}$/;

/** Writes the model; answers what its record must say of it. It survives a power cut once this resolves. */
export async function writeArtefact(folder: string, model: BatchModel): Promise<ArtefactRecord> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const bytes = model.pack();
  const file = `recommend-${model.version}.model`;
  const beside = join(folder, `.${file}.${process.pid}`);
  const handle = await open(beside, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, join(folder, file));
  await syncFolder(folder);
  return { version: model.version, file, bytes: bytes.length, sha256: await sha256(bytes) };
}

/**
 * The model of a record.
 *
 * @throws ArtefactRefused when the file is missing, or not what the record says, or of another format.
 */
export async function readArtefact(folder: string, record: ArtefactRecord): Promise<BatchModel> {
  if (!fileNames.test(record.file)) throw new ArtefactRefused('foreign', 'its record names no file of the folder');
  const bytes = await readFile(join(folder, record.file)).catch((error: Error) => {
    throw new ArtefactRefused('missing', error.message);
  });
  if (bytes.length < record.bytes)
    throw new ArtefactRefused('torn', `it has ${bytes.length} bytes, and had ${record.bytes} when it was written`);
  if ((await sha256(bytes)) !== record.sha256)
    throw new ArtefactRefused('foreign', 'its checksum is not the one of its record');
  const model = BatchModel.unpack(bytes);
  if (model.version === record.version) return model;
  throw new ArtefactRefused('foreign', `it says that it is ${model.version}`);
}

/**
 * Removes files of all but the latest versions and the one that was promoted last: who still uses another has it in memory. Records stay,
 * they are small and say what was.
 */
export async function removeOldArtefacts(folder: string, models: readonly Model[]): Promise<void> {
  const latest = models.toSorted((one, other) => other.created_at - one.created_at);
  const champion = latestPromoted(models);
  const surplus = latest.slice(ARTEFACTS_KEPT).filter(({ file }) => file !== champion?.file && fileNames.test(file));
  await Promise.all(surplus.map(({ file }) => rm(join(folder, file), { force: true })));
}

/** Elsewhere than in this thread: a large file takes a while. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
