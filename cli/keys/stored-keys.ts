// Where `freshet keys …` finds the keys, and what of a key may be shown.
import { resolve } from 'node:path';
import { keyFileIn, readDataDir } from '../../config/settings.ts';
import type { StoredKey } from '../../gateway/keys/key-file.ts';
import { wallClock } from '../../streams/index.ts';
import { exitCodes, textOption, type Arguments } from '../command.ts';

export function keyFileOf(args: Arguments): string {
  const folder = textOption(args, 'data-dir');
  return keyFileIn(folder === undefined ? readDataDir() : resolve(folder));
}

export function shown({ sha256: _hash, ...key }: StoredKey) {
  return { ...key, expired: key.expires_at !== null && Date.parse(key.expires_at) <= wallClock.nowMs() };
}

/** Ends a command with its result: `text` for people, or the object for programs. */
export function say(args: Arguments, result: unknown, text: string): Promise<number> {
  process.stdout.write(`${args.values['json'] === true ? JSON.stringify(result) : text}\n`);
  return Promise.resolve(exitCodes.done);
}
