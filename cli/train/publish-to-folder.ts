// Makes a model known to a data folder: directly while nobody has it, else through the server that has.
import { join, resolve } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { models } from '../../schemas/topics.ts';
import type { Model } from '../../schemas/types.ts';
import { DataFolderRefused } from '../../streams/index.ts';
import { openEmbeddedLog } from '../../streams/log/embedded/open.ts';
import { topicSpec } from '../../streams/run.ts';
import { modelRecord } from '../../training/model-record.ts';
import { ServerAway, ServerRefused, type Arguments } from '../command.ts';
import { addressOf, keyOf, urlOption } from '../server-address.ts';

const ANSWER_WAIT_MS = 30_000;

/** @throws DataFolderRefused when somebody has the folder whose server is not known. */
export async function publishToFolder(
  model: Model,
  dataDir: string,
  settings: Settings,
  args: Arguments,
): Promise<void> {
  const url = urlOption(args);
  if (url !== undefined) return publishToServer(model, url, args);
  try {
    await appendHere(model, dataDir, settings);
  } catch (error) {
    // Of a folder that the settings don't name, the settings don't tell the server either.
    const isOurs = dataDir === resolve(settings.dataDir) && settings.apiPort !== 0;
    if (!(error instanceof DataFolderRefused) || !isOurs) throw error;
    await publishToServer(model, addressOf(settings), args);
  }
}

async function appendHere(model: Model, dataDir: string, { topicPrefix, partitions }: Settings): Promise<void> {
  const log = await openEmbeddedLog({ folder: join(dataDir, 'log') });
  try {
    await log.ensureTopics([topicSpec(models, topicPrefix, partitions)]);
    await log.append([modelRecord(model, topicPrefix, partitions)]);
  } finally {
    await log.close();
  }
}

async function publishToServer(model: Model, url: string, args: Arguments): Promise<void> {
  const { key } = keyOf(args);
  const response = await fetch(`${url}/api/v1/models`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify(model),
    signal: AbortSignal.timeout(ANSWER_WAIT_MS),
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new ServerAway(`${url} does not answer (${why}), so that nobody knows the model ${model.version} yet.`);
  });
  if (response.status === 202) return;
  throw new ServerRefused(
    `${url} does not take the model ${model.version}: ${response.status} ${await response.text()}`,
  );
}
