// Makes a model, and the rules that go with it, known to a data folder: directly while nobody has it, else through the server that has.
import { join, resolve } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { models, rules } from '../../schemas/topics.ts';
import { DataFolderRefused } from '../../streams/index.ts';
import { openEmbeddedLog } from '../../streams/log/embedded/open.ts';
import { topicSpec } from '../../streams/run.ts';
import { learntRecords, type Learnt } from '../../training/learnt-records.ts';
import { ServerAway, ServerRefused, type Arguments } from '../command.ts';
import { addressOf, keyOf, urlOption } from '../server-address.ts';

const ANSWER_WAIT_MS = 30_000;

/** @throws DataFolderRefused when somebody has the folder whose server is not known. */
export async function publishToFolder(
  learnt: Learnt,
  dataDir: string,
  settings: Settings,
  args: Arguments,
): Promise<void> {
  const url = urlOption(args);
  if (url !== undefined) return publishToServer(learnt, url, args);
  try {
    await appendHere(learnt, dataDir, settings);
  } catch (error) {
    // Of a folder that the settings don't name, the settings don't tell the server either.
    const isOurs = dataDir === resolve(settings.dataDir) && settings.apiPort !== 0;
    if (!(error instanceof DataFolderRefused) || !isOurs) throw error;
    await publishToServer(learnt, addressOf(settings), args);
  }
}

async function appendHere(learnt: Learnt, dataDir: string, { topicPrefix, partitions }: Settings): Promise<void> {
  const log = await openEmbeddedLog({ folder: join(dataDir, 'log') });
  try {
    await log.ensureTopics([models, rules].map((topic) => topicSpec(topic, topicPrefix, partitions)));
    await log.append(learntRecords(learnt, topicPrefix, partitions));
  } finally {
    await log.close();
  }
}

async function publishToServer({ model, rules: some }: Learnt, url: string, args: Arguments): Promise<void> {
  await send('POST', `${url}/api/v1/models`, model, `the model ${model.version}`, args);
  for (const { rule_id, kind, version, active, numbers, words } of some)
    await send('PUT', `${url}/api/v1/rules/${rule_id}`, { kind, version, active, numbers, words }, `the rule ${rule_id}`, args); // prettier-ignore
}

async function send(method: string, address: string, body: object, what: string, args: Arguments): Promise<void> {
  const { key } = keyOf(args);
  const response = await fetch(address, {
    method,
    headers: { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_WAIT_MS),
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new ServerAway(`${address} does not answer (${why}), so that nobody knows ${what} yet.`);
  });
  if (response.status === 202) return;
  throw new ServerRefused(`${address} does not take ${what}: ${response.status} ${await response.text()}`);
}
