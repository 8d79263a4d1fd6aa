// Tokens with which Google's Managed Service for Apache Kafka knows us: an access token of a service account, wrapped so that it looks
// like a JWT. The account is that of a key file, or of the machine we run on (Workload Identity, Compute Engine).
import { createSign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { wallClock, type Clock } from '../../clock.ts';
import { DependencyUnavailable, Misconfigured } from '../../errors.ts';
import type { TokenSource } from './security.ts';

export interface GoogleTokenOptions {
  /** A service account's key. Left out: the account of the machine, from its metadata server. */
  readonly keyFile?: string;
  /** @default 'http://metadata.google.internal' */
  readonly metadataUrl?: string;
  readonly clock?: Clock;
}

const scope = 'https://www.googleapis.com/auth/cloud-platform';
/** A token is replaced when it is good for less than this: clocks differ, and a broker may look at it for a while. */
const renewBeforeMs = 300_000;
const requestTimeoutMs = 10_000;
const assertionLifeS = 3_600;
const defaultMetadataUrl = 'http://metadata.google.internal';

/** Asks Google only when the last token is about to expire, however many connections want one. */
export function googleToken(options: GoogleTokenOptions = {}): TokenSource {
  const clock = options.clock ?? wallClock;
  let latest: AccessToken | undefined;
  let renewing: Promise<AccessToken> | undefined;
  const renewed = async (): Promise<AccessToken> => {
    renewing ??= fetchToken(options, clock).finally(() => (renewing = undefined));
    return (latest = await renewing);
  };
  return async () => {
    const nowMs = clock.nowMs();
    if (latest !== undefined && nowMs < latest.expiresAtMs - renewBeforeMs) return wrapped(latest, nowMs);
    try {
      return wrapped(await renewed(), clock.nowMs());
    } catch (error) {
      // While Google is away the last one will do as long as it is good.
      if (latest === undefined || clock.nowMs() >= latest.expiresAtMs) throw error;
      return wrapped(latest, nowMs);
    }
  };
}

interface AccessToken {
  readonly token: string;
  readonly account: string;
  readonly expiresAtMs: number;
}

/** What the brokers take in place of a JWT; its third part is not a signature but the access token. */
function wrapped({ token, account, expiresAtMs }: AccessToken, nowMs: number): string {
  const header = { typ: 'JWT', alg: 'GOOG_OAUTH2_TOKEN' };
  const claims = { exp: inSeconds(expiresAtMs), iss: 'Google', iat: inSeconds(nowMs), scope: 'kafka', sub: account };
  return [JSON.stringify(header), JSON.stringify(claims), token].map(base64url).join('.');
}

async function fetchToken({ keyFile, metadataUrl }: GoogleTokenOptions, clock: Clock): Promise<AccessToken> {
  return keyFile === undefined
    ? fromMetadataServer(metadataUrl ?? defaultMetadataUrl, clock)
    : fromKey(await readKey(keyFile), clock);
}

async function fromMetadataServer(url: string, clock: Clock): Promise<AccessToken> {
  const account = new URL('/computeMetadata/v1/instance/service-accounts/default/', url);
  const request = { headers: { 'metadata-flavor': 'Google' } };
  const email = await ask(new URL('email', account), request);
  const answer = await ask(new URL(`token?scopes=${encodeURIComponent(scope)}`, account), request);
  return accessToken(answer, email.trim(), clock);
}

interface ServiceAccountKey {
  readonly client_email: string;
  readonly private_key: string;
  readonly private_key_id?: string;
  readonly token_uri: string;
}

/** Read each time: keys are replaced. */
async function readKey(file: string): Promise<ServiceAccountKey> {
  let key: Partial<ServiceAccountKey> & { type?: string };
  try {
    key = JSON.parse(await readFile(file, 'utf8')) as typeof key;
  } catch (error) {
    throw new Misconfigured(`The key file ${file} can't be read: ${String(error)}`);
  }
  const { client_email, private_key, token_uri } = key;
  if (key.type === 'service_account' && client_email && private_key && token_uri) return key as ServiceAccountKey;
  throw new Misconfigured(
    `The key file ${file} is not the key of a service account (its type is ${key.type ?? 'missing'}). ` +
      'Without a key file the account of the machine is used.',
  );
}

async function fromKey(key: ServiceAccountKey, clock: Clock): Promise<AccessToken> {
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: assertion(key, clock.nowMs()),
  });
  return accessToken(await ask(new URL(key.token_uri), { method: 'POST', body }), key.client_email, clock);
}

function assertion({ client_email, private_key, private_key_id, token_uri }: ServiceAccountKey, nowMs: number): string {
  const iat = inSeconds(nowMs);
  const header = { alg: 'RS256', typ: 'JWT', ...(private_key_id === undefined ? {} : { kid: private_key_id }) };
  const claims = { iss: client_email, scope, aud: token_uri, iat, exp: iat + assertionLifeS };
  const content = [header, claims].map((part) => base64url(JSON.stringify(part))).join('.');
  return `${content}.${createSign('RSA-SHA256').update(content).sign(private_key, 'base64url')}`;
}

async function ask(url: URL, request: RequestInit): Promise<string> {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(requestTimeoutMs) });
    const text = await response.text();
    if (response.ok) return text;
    throw new Error(`${response.status} ${text.slice(0, 500)}`);
  } catch (error) {
    throw new DependencyUnavailable('google', `No token from ${url.host}: ${String(error)}`, { cause: error });
  }
}

function accessToken(answer: string, account: string, clock: Clock): AccessToken {
  const { access_token: token, expires_in: lifeS } = JSON.parse(answer) as { access_token: string; expires_in: number };
  return { token, account, expiresAtMs: clock.nowMs() + lifeS * 1_000 };
}

function inSeconds(ms: number): number {
  return Math.floor(ms / 1_000);
}

function base64url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}
