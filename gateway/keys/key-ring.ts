// The keys that hold now: those of API_KEYS, and those of the file, which is looked at again and again, so that a key that
// is added or revoked counts within a second and without a restart.
import { hash } from 'node:crypto';
import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import { isLoopback, keyFileIn, type Settings } from '../../config/settings.ts';
import type { Scope } from '../../config/value-kinds.ts';
import { NoKeys } from './errors.ts';
import { readKeyFile, type StoredKey } from './key-file.ts';

export interface Key {
  /** For limits: two keys never share one. */
  readonly id: string;
  readonly may: (scope: Scope) => boolean;
  /** Where a browser key may come from; null for a key of a server, which says nothing about pages. */
  readonly origins: ReadonlySet<string> | null;
  readonly expiresAtMs: number;
}

type KeySettings = Pick<Settings, 'apiKeys' | 'apiHost' | 'dataDir'>;

const lookEveryMs = 500;

export class KeyRing {
  readonly #path: string;
  readonly #logger: Logger;
  readonly #fromSettings: ReadonlyMap<string, Key>;
  #keys: ReadonlyMap<string, Key>;
  #browserOrigins: ReadonlySet<string> = new Set();
  #areAskedFor: boolean;
  #seen: string;
  #looking: NodeJS.Timeout | undefined;

  /** @throws KeyFileUnusable, NoKeys */
  constructor({ apiKeys, apiHost, dataDir }: KeySettings, logger: Logger) {
    this.#path = keyFileIn(dataDir);
    this.#logger = logger;
    this.#fromSettings = new Map(
      apiKeys.map(({ sha256, scopes }, index) => [sha256, keyOf(`API_KEYS ${index + 1}`, scopes)]),
    );
    this.#keys = this.#fromSettings;
    this.#areAskedFor = apiKeys.length > 0 || !isLoopback(apiHost);
    // The state before the content: a change in between is read twice rather than never.
    this.#seen = stateOf(statSync(this.#path, { bigint: true, throwIfNoEntry: false }));
    this.#take(readKeyFile(this.#path));
    if (this.#keys.size === 0 && !isLoopback(apiHost))
      throw new NoKeys(
        `API_HOST is ${apiHost}, which other machines can reach, but ${this.#path} holds no key: make one with freshet keys add, or set API_KEYS.`,
      );
  }

  /** How many there are, expired ones included. */
  get size(): number {
    return this.#keys.size;
  }

  /** Once true it stays so: with the last key revoked, or the file gone, nobody is let in rather than everybody. */
  get areAskedFor(): boolean {
    return this.#areAskedFor;
  }

  /** Of all browser keys. A new set whenever they have changed. */
  get browserOrigins(): ReadonlySet<string> {
    return this.#browserOrigins;
  }

  /**
   * The key with this text, also an expired one. It is looked up by its hash: nobody can choose the hash of a guess, so how long a
   * comparison of hashes takes tells nothing about a key.
   */
  find(text: string): Key | undefined {
    return this.#keys.get(hash('sha256', text));
  }

  watch(): void {
    this.#looking ??= setInterval(() => void this.#look(), lookEveryMs).unref();
  }

  close(): void {
    clearInterval(this.#looking);
  }

  async #look(): Promise<void> {
    const state = stateOf(await stat(this.#path, { bigint: true }).catch(() => undefined));
    if (state === this.#seen) return;
    this.#seen = state;
    try {
      this.#take(readKeyFile(this.#path));
      this.#logger.info({ keys: this.#keys.size }, 'the keys have changed');
    } catch (error) {
      this.#logger.error({ err: error }, 'the file of keys can’t be used: the former keys still hold');
    }
  }

  #take(stored: readonly StoredKey[] | undefined): void {
    const fromFile = (stored ?? []).map((key): [string, Key] => [key.sha256, keyFrom(key)]);
    this.#keys = new Map([...this.#fromSettings, ...fromFile]);
    this.#browserOrigins = new Set(fromFile.flatMap(([, { origins }]) => [...(origins ?? [])]));
    this.#areAskedFor ||= stored !== undefined;
  }
}

function keyFrom({ id, kind, scopes, origins, expires_at }: StoredKey): Key {
  const expiresAtMs = expires_at === null ? Infinity : Date.parse(expires_at);
  return keyOf(id, scopes, kind === 'browser' ? new Set(origins) : null, expiresAtMs);
}

function keyOf(id: string, scopes: readonly Scope[], origins: Key['origins'] = null, expiresAtMs = Infinity): Key {
  const isAdmin = scopes.includes('admin');
  return { id, may: (scope) => isAdmin || scopes.includes(scope), origins, expiresAtMs };
}

function stateOf(file: { ino: bigint; mtimeNs: bigint; size: bigint } | undefined): string {
  return file === undefined ? 'none' : `${file.ino} ${file.mtimeNs} ${file.size}`;
}
