// Which server a command talks to, and with which key.
import { readFileSync } from 'node:fs';
import type { Settings } from '../config/settings.ts';
import { Misused, textOption, type Arguments } from './command.ts';

/** Where the server listens that these settings start. */
export function addressOf({ apiHost, apiPort }: Pick<Settings, 'apiHost' | 'apiPort'>): string {
  const host = ['0.0.0.0', '::'].includes(apiHost) ? '127.0.0.1' : apiHost;
  return `http://${host.includes(':') ? `[${host}]` : host}:${apiPort}`;
}

/** @throws Misused when there are two keys, or the key file can't be read. */
export function keyOf(args: Arguments): { key?: string } {
  const key = textOption(args, 'key');
  const file = textOption(args, 'key-file');
  if (key !== undefined && file !== undefined) throw new Misused('give --key or --key-file, not both');
  if (file === undefined) return key === undefined ? {} : { key };
  try {
    return { key: readFileSync(file, 'utf8').trim() };
  } catch (error) {
    throw new Misused(`the key file can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @throws Misused when it is no address. */
export function urlOption(args: Arguments): string | undefined {
  const url = textOption(args, 'url');
  if (url === undefined) return undefined;
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new Misused(`--url wants an address such as http://127.0.0.1:8000, not ${url}`);
  return url.replace(/\/+$/, '');
}
