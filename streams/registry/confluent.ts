// A schema registry with Confluent's API, over HTTP: Confluent's own, Apicurio, Karapace, Redpanda, Google's.
//
// Only what the registry itself says counts as an answer. A 404 of somebody on the way (a proxy, a wrong path) has no code of the
// registry's: taken for "unknown", it would send good records to the dead letters.
import type { Schema } from 'avsc';
import { DependencyUnavailable, Misconfigured } from '../errors.ts';
import { SchemaRefused, type FoundSchema, type SchemaRegistry } from './schema-registry.ts';

export interface ConfluentOptions {
  /** Without the paths of the API: `https://registry.example`, `http://127.0.0.1:8080/apis/ccompat/v7`. */
  readonly url: string;
  readonly access?: RegistryAccess;
  /** How long one request may take. @default 5,000 */
  readonly timeoutMs?: number;
}

export type RegistryAccess = { readonly username: string; readonly password: string } | { readonly token: string };

const DEPENDENCY = 'schema registry';
const TIMEOUT_MS = 5_000;
const CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json';
const CONFLICT = 409;
/** The API's codes for what is not there. */
const NO_SUBJECT = 40401;
const NO_SCHEMA = 40403;
const NO_CONFIG = 40408;
const NOT_VALID = 42201;
const REASON_CHARS_MAX = 1_000;

interface Answer {
  readonly status: number;
  /** The API's error code; 0 in a good answer. */
  readonly code: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export class ConfluentRegistry implements SchemaRegistry {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;

  constructor({ url, access, timeoutMs = TIMEOUT_MS }: ConfluentOptions) {
    this.#url = url.replace(/\/+$/, '');
    this.#headers = { accept: `${CONTENT_TYPE}, application/json`, ...authorization(access) };
    this.#timeoutMs = timeoutMs;
  }

  async schemaOf(id: number): Promise<FoundSchema> {
    const { code, body } = await this.#call('GET', `/schemas/ids/${id}`, [NO_SCHEMA]);
    if (code !== 0) return { reason: 'unknown_schema', message: `schema id ${id}: ${textOf(body['message'])}` };
    const type = body['schemaType'] ?? 'AVRO';
    const unusable = (why: string): FoundSchema => ({ reason: 'unusable_schema', message: `schema id ${id} ${why}` });
    if (type !== 'AVRO') return unusable(`is ${textOf(type)}, not Avro`);
    if (Array.isArray(body['references']) && body['references'].length > 0)
      return unusable('refers to other schemas: register it whole');
    try {
      return { schema: JSON.parse(textOf(body['schema'])) as Schema };
    } catch {
      return unusable('is not JSON');
    }
  }

  async idOf(subject: string, schema: Schema): Promise<number | undefined> {
    const { code, body } = await this.#call('POST', subjectPath(subject), [NO_SUBJECT, NO_SCHEMA], bodyOf(schema));
    return code === 0 ? this.#idIn(body) : undefined;
  }

  async refusalOf(subject: string, schema: Schema): Promise<string | undefined> {
    const path = `/compatibility${subjectPath(subject)}/versions?verbose=true`;
    const { code, body } = await this.#call('POST', path, [NO_SUBJECT, NOT_VALID], bodyOf(schema));
    if (code === NO_SUBJECT || body['is_compatible'] === true) return undefined;
    const reasons = Array.isArray(body['messages']) ? body['messages'].map(textOf) : [];
    return reasonFrom(reasons.join('; ') || textOf(body['message'])) || 'not compatible with a former version';
  }

  async register(subject: string, schema: Schema): Promise<number> {
    const path = `${subjectPath(subject)}/versions`;
    const { status, code, body } = await this.#call('POST', path, [CONFLICT, NOT_VALID], bodyOf(schema));
    if (status === CONFLICT || code === NOT_VALID) throw new SchemaRefused(reasonFrom(textOf(body['message'])));
    return this.#idIn(body);
  }

  async compatibilityOf(subject: string): Promise<string | undefined> {
    const { code, body } = await this.#call('GET', configPath(subject), [NO_SUBJECT, NO_CONFIG]);
    return code === 0 ? textOf(body['compatibilityLevel']) : undefined;
  }

  async setCompatibility(subject: string, level: string): Promise<void> {
    await this.#call('PUT', configPath(subject), [], { compatibility: level });
  }

  /** `expected`: codes, or statuses, that are answers; every other failure is thrown with its verdict. */
  async #call(method: string, path: string, expected: readonly number[], body?: unknown): Promise<Answer> {
    const { status, text } = await this.#send(method, path, body);
    const parsed = objectIn(text);
    const code = Number(parsed?.['error_code'] ?? 0);
    const said = reasonFrom(textOf(parsed?.['message'])) || `${method} ${path}`;
    if (status >= 500 || status === 408 || status === 429)
      throw new DependencyUnavailable(DEPENDENCY, `${this.#name} can't answer now (${status}): ${said}`);
    if (status === 401 || status === 403)
      throw new Misconfigured(`${this.#name} does not let us in (${status}): ${said}`);
    if (status === 200 && parsed !== undefined) return { status, code: 0, body: parsed };
    if (parsed !== undefined && (expected.includes(code) || expected.includes(status)))
      return { status, code, body: parsed };
    throw new Misconfigured(
      code === 0
        ? `${this.#url} answers, but not as a schema registry (${status} to ${method} ${path}): check the address`
        : `${this.#name} refuses ${method} ${path} (${code}): ${said}`,
    );
  }

  async #send(method: string, path: string, body: unknown): Promise<{ status: number; text: string }> {
    try {
      const response = await fetch(`${this.#url}${path}`, {
        method,
        headers: { ...this.#headers, ...(body === undefined ? {} : { 'content-type': CONTENT_TYPE }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw new DependencyUnavailable(DEPENDENCY, `${this.#name} does not answer: ${causeOf(error)}`, { cause: error });
    }
  }

  get #name(): string {
    return `The schema registry at ${this.#url}`;
  }

  #idIn(body: Readonly<Record<string, unknown>>): number {
    const id = body['id'];
    if (typeof id === 'number' && Number.isSafeInteger(id) && id >= 0) return id;
    throw new DependencyUnavailable(DEPENDENCY, `${this.#name} answered without an id`);
  }
}

function authorization(access: RegistryAccess | undefined): Record<string, string> {
  if (access === undefined) return {};
  if ('token' in access) return { authorization: `Bearer ${access.token}` };
  return { authorization: `Basic ${Buffer.from(`${access.username}:${access.password}`).toString('base64')}` };
}

function subjectPath(subject: string): string {
  return `/subjects/${encodeURIComponent(subject)}`;
}

function configPath(subject: string): string {
  return `/config/${encodeURIComponent(subject)}`;
}

function bodyOf(schema: Schema): { schema: string } {
  return { schema: JSON.stringify(schema) };
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // not the registry's words
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

/** Apicurio puts the names of its exceptions in front. */
function reasonFrom(message: string): string {
  return message.replace(/^(?:[a-z]+\.)+[A-Za-z]+Exception: /, '').slice(0, REASON_CHARS_MAX);
}

/** `fetch failed` says nothing; its cause does. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof AggregateError && cause.message === '') return String(cause.errors[0]);
  return cause instanceof Error ? cause.message : String(cause);
}
