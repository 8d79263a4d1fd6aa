// What a setting's text may be, and what it becomes. Each kind says in words what it accepts: the words serve the
// documentation and the message to somebody who wrote something else.
import { hash } from 'node:crypto';
import { resolve } from 'node:path';

export interface ValueKind<T> {
  /** Completes "give …": `a whole number from 1 to 64`. */
  readonly accepts: string;
  /** @throws Error whose message completes "NAME …" when `accepts` alone would not explain what is wrong. */
  readonly parse: (text: string) => T | typeof notAccepted;
}

export const notAccepted: unique symbol = Symbol('not accepted');

export function wholeNumber(min: number, max: number): ValueKind<number> {
  return {
    accepts: `a whole number from ${min} to ${max}`,
    parse: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : notAccepted;
    },
  };
}

export function oneOf<const Choice extends string>(...choices: readonly Choice[]): ValueKind<Choice> {
  return {
    accepts: choices.map((choice) => `\`${choice}\``).join(' or '),
    parse: (text) => choices.find((choice) => choice === text.toLowerCase()) ?? notAccepted,
  };
}

const yes = ['on', 'true', '1', 'yes'];
const no = ['off', 'false', '0', 'no'];

export const onOff: ValueKind<boolean> = {
  accepts: '`on` or `off`',
  parse: (text) => (yes.includes(text.toLowerCase()) ? true : no.includes(text.toLowerCase()) ? false : notAccepted),
};

/** Null when nothing is said: the default then follows from other settings. */
export const onOffOrLeft: ValueKind<boolean | null> = {
  accepts: onOff.accepts,
  parse: (text) => (text === '' ? null : onOff.parse(text)),
};

/** What a program of another maker is given as it is. */
export const anyText: ValueKind<string> = { accepts: 'text', parse: (text) => text };

/** Brokers or nodes by address. */
export const addresses: ValueKind<readonly string[]> = {
  accepts: '`host:port`, several separated by commas',
  parse: (text) => {
    const given = text.split(',').flatMap((each) => each.trim() || []);
    return given.every((each) => /^[\w.-]+:\d{1,5}$/.test(each) || /^\[[\da-fA-F:]+\]:\d{1,5}$/.test(each))
      ? given
      : notAccepted;
  },
};

/** PEM text, such as a certificate or a key; empty when there is none. */
export const pem: ValueKind<string> = {
  accepts: 'PEM text (`-----BEGIN …`)',
  parse: (text) => (text === '' || text.includes('-----BEGIN ') ? text : notAccepted),
};

/** Redis' own form; the password in it is why it is a secret. */
export const redisUrl: ValueKind<string> = {
  accepts: '`redis://[user:password@]host:port[/db]` or `rediss://…`, several separated by commas',
  parse: (text) =>
    text.split(',').every((each) => each === '' || (/^rediss?:\/\//.test(each.trim()) && URL.canParse(each.trim())))
      ? text
      : notAccepted,
};

/** Many libraries read DEBUG as a list of their own names (`express:*`): that is not for us, and no mistake. */
export const debugSwitch: ValueKind<boolean> = {
  accepts: '`on` or `off`; anything else is left to the libraries that read `DEBUG` too',
  parse: (text) => yes.includes(text.toLowerCase()),
};

export const hostName: ValueKind<string> = {
  accepts: 'a host name or an IP address',
  parse: (text) => (/^[\w.:-]+$/.test(text) ? text : notAccepted),
};

export const folder: ValueKind<string> = {
  accepts: 'a folder; it is made when missing',
  parse: (text) => (text.includes('\0') ? notAccepted : resolve(text)),
};

export const folderOrLeft: ValueKind<string> = {
  accepts: 'a folder, or empty',
  parse: (text) => (text === '' ? '' : folder.parse(text)),
};

export const modelVersion: ValueKind<string> = {
  accepts: 'the version of a model, or empty',
  parse: (text) => (/^[\w.-]{0,121}$/.test(text) ? text : notAccepted),
};

export const currencyCode: ValueKind<string> = {
  accepts: 'three letters, such as `EUR`',
  parse: (text) => (/^[A-Za-z]{3}$/.test(text) ? text.toUpperCase() : notAccepted),
};

/** Dots and hyphens only, as brokers treat `.` and `_` as the same in metric names. */
export const topicPrefix: ValueKind<string> = {
  accepts: 'letters, digits, dots and hyphens, at most 64',
  parse: (text) => (/^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/.test(text) ? text : notAccepted),
};

export const serverUrl: ValueKind<string> = {
  accepts: 'an address such as `https://registry.example:8081`',
  parse: (text) => {
    if (text === '') return '';
    const url = /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined;
    // Messages show the address.
    if (url !== undefined && (url.username !== '' || url.password !== ''))
      throw new Error('has a name or password in it: take them out, they have settings of their own.');
    return url === undefined || url.search !== '' ? notAccepted : text;
  },
};

export const share: ValueKind<number> = {
  accepts: 'a number from 0 to 1',
  parse: (text) => (/^(0|1|0?\.\d{1,9}|1\.0{1,9})$/.test(text) ? Number(text) : notAccepted),
};

/** As OpenTelemetry writes them; values are percent-encoded. */
export const headerList: ValueKind<Readonly<Record<string, string>>> = {
  accepts: '`name=value`, several separated by commas',
  parse: (text) => {
    const given = text.split(',').flatMap((each) => each.trim() || []);
    if (!given.every((each) => /^[\w-]+=/.test(each))) return notAccepted;
    try {
      return Object.fromEntries(
        given.map((each) => [each.slice(0, each.indexOf('=')), decodeURIComponent(each.slice(each.indexOf('=') + 1))]),
      );
    } catch {
      return notAccepted; // a percent sign that encodes nothing
    }
  },
};

/** Web origins as browsers send them: scheme, host and port, nothing behind. */
export const origins: ValueKind<readonly string[]> = {
  accepts: 'web origins separated by commas, such as `https://shop.example`',
  parse: (text) => {
    const given = text.split(',').flatMap((each) => each.trim() || []);
    return given.every(isOrigin) ? given : notAccepted;
  },
};

export function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

export const scopes = ['ingest', 'read', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** The key itself is not kept, so that neither a dump of the settings nor a log line can show it. */
export interface ApiKey {
  readonly sha256: string;
  readonly scopes: readonly Scope[];
}

const shortestKey = 16;

export const apiKeys: ValueKind<readonly ApiKey[]> = {
  accepts: `\`key:scope+scope,…\` with keys of at least ${shortestKey} characters and the scopes ${scopes.map((scope) => `\`${scope}\``).join(', ')}`,
  parse: (text) => {
    const keys = text
      .split(',')
      .filter((entry) => entry.trim() !== '')
      .map((entry, index) => apiKey(entry.trim(), index + 1));
    const twice = keys.findIndex((key, index) => keys.findIndex((other) => other.sha256 === key.sha256) !== index);
    if (twice >= 0) throw new Error(`has the same key twice: remove entry ${twice + 1}.`);
    return keys;
  },
};

function apiKey(entry: string, number: number): ApiKey {
  const colon = entry.lastIndexOf(':');
  if (colon < 0) throw new Error(`has no scope in entry ${number}: write it as key:read or key:ingest+read.`);
  const key = entry.slice(0, colon);
  if (key.length < shortestKey)
    throw new Error(
      `has a key of fewer than ${shortestKey} characters in entry ${number}: make one with \`openssl rand -hex 24\`.`,
    );
  const given = entry.slice(colon + 1).split('+');
  const unknown = given.find((scope) => !isScope(scope));
  if (unknown !== undefined)
    throw new Error(`has the unknown scope "${unknown}" in entry ${number}: use ${scopes.join(', ')}.`);
  return Object.freeze({ sha256: hash('sha256', key), scopes: Object.freeze(given.filter(isScope)) });
}

export function isScope(text: string): text is Scope {
  return scopes.some((scope) => scope === text);
}
