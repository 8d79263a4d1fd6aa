// `freshet keys add`: makes a key and shows it, this once.
import { isOrigin, isScope, scopes } from '../../config/value-kinds.ts';
import { changeKeyFile, readKeyFile } from '../../gateway/keys/key-file.ts';
import { makeKey, type KeyRequest } from '../../gateway/keys/make-key.ts';
import { wallClock } from '../../streams/index.ts';
import { Misused, textOption, type Arguments } from '../command.ts';
import { keyFileOf, say, shown } from '../keys/stored-keys.ts';

const dayMs = 86_400_000;
const nameCharactersMax = 64;

export function run(args: Arguments): Promise<number> {
  const path = keyFileOf(args);
  const { secret, stored } = makeKey(requestOf(args), wallClock.nowMs());
  const isFirst = readKeyFile(path) === undefined;
  changeKeyFile(path, (keys) => [...keys, stored]);
  const note = isFirst ? '\nFrom now on the API asks for a key. A running server knows this one within a second.' : '';
  process.stderr.write(`Key ${stored.id} (${stored.name}). It is shown this once; only a hash of it is kept.${note}\n`);
  return say(args, { key: secret, ...shown(stored) }, secret);
}

function requestOf(args: Arguments): KeyRequest {
  const [name = ''] = args.positionals;
  if (name.trim() === '' || name.length > nameCharactersMax)
    throw new Misused(`a key needs a name of up to ${nameCharactersMax} characters: who uses it, such as shop-backend`);
  const given = textOption(args, 'scope');
  const expires_at = expiryOf(textOption(args, 'expires'));
  const origins = originsOf(textOption(args, 'origin'));
  if (args.values['browser'] !== true) {
    if (origins.length > 0)
      throw new Misused('--origin is for keys with --browser; pages with keys of servers need CORS_ORIGINS');
    if (given === undefined) throw new Misused(`--scope is missing: one or more of ${scopes.join(', ')}, joined by +`);
    return { name, kind: 'server', scopes: scopesOf(given), origins, expires_at };
  }
  if (given !== undefined && given !== 'ingest') throw new Misused('a browser key has the scope ingest and no other');
  if (origins.length === 0)
    throw new Misused('--browser needs --origin: the web origins of its pages, such as https://shop.example');
  return { name, kind: 'browser', scopes: ['ingest'], origins, expires_at };
}

function scopesOf(text: string): KeyRequest['scopes'] {
  const given = text.split('+');
  const unknown = given.find((scope) => !isScope(scope));
  if (unknown !== undefined) throw new Misused(`--scope knows ${scopes.join(', ')}, joined by +, not ${unknown}`);
  return [...new Set(given.filter(isScope))];
}

function originsOf(text = ''): string[] {
  const given = text.split(',').flatMap((each) => each.trim() || []);
  const wrong = given.find((each) => !isOrigin(each));
  if (wrong !== undefined)
    throw new Misused(`--origin wants scheme, host and port of a page, such as https://shop.example, not ${wrong}`);
  return given;
}

/** `90d`, or a day. */
function expiryOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const nowMs = wallClock.nowMs();
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  const atMs = days === undefined ? dayIn(text) : nowMs + Number(days) * dayMs;
  if (!(atMs > nowMs))
    throw new Misused(`--expires wants days from now, such as 90d, or a day to come, such as 2031-05-01, not ${text}`);
  return new Date(atMs).toISOString();
}

function dayIn(text: string): number {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
}
