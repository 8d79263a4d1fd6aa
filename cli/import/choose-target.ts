// Where `freshet import` goes: a server by name, a data folder nobody has, or the server that has it.
import { join, resolve } from 'node:path';
import { readSettings } from '../../config/settings.ts';
import { openFolderTarget } from '../../imports/folder-target.ts';
import { HttpTarget } from '../../imports/http-target.ts';
import type { ImportTarget } from '../../imports/target.ts';
import { DataFolderRefused, wallClock } from '../../streams/index.ts';
import { Misused, textOption, type Arguments } from '../command.ts';
import { addressOf, keyOf, urlOption } from '../server-address.ts';

/** @throws DataFolderRefused when the folder can't be used and no server answers for it. */
export async function chooseTarget(args: Arguments): Promise<ImportTarget> {
  const url = urlOption(args);
  const folder = textOption(args, 'data-dir');
  if (url !== undefined && folder !== undefined) throw new Misused('give --url or --data-dir, not both');
  const server = (address: string) => new HttpTarget({ url: address, clock: wallClock, ...keyOf(args) });
  if (url !== undefined) return server(url);

  const { settings } = readSettings();
  const dataDir = resolve(folder ?? settings.dataDir);
  try {
    const { topicPrefix: prefix, partitions } = settings;
    return await openFolderTarget({ folder: join(dataDir, 'log'), prefix, partitions, clock: wallClock });
  } catch (error) {
    // Of a folder that the settings don't name, the settings don't tell the server either.
    const isOurs = dataDir === resolve(settings.dataDir) && settings.apiPort !== 0;
    if (!(error instanceof DataFolderRefused) || !isOurs || !(await answers(addressOf(settings)))) throw error;
    return server(addressOf(settings));
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) });
    return response.ok;
  } catch {
    return false; // Then the refusal of the folder is the better message.
  }
}
