// Reads the environment once into one frozen object. Whatever is wrong is said in one message, each with what to do.
import { existsSync, readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import type { Declared } from './declare.ts';
import { declared, promised } from './declared-settings.ts';
import { notAccepted } from './value-kinds.ts';

/** What is configured, by name in camel case; documented where it is declared and in docs/configuration.md. */
export type Settings = Omit<AsWritten, 'demo'> & { readonly demo: boolean };

type AsWritten = {
  readonly [K in keyof typeof declared]: (typeof declared)[K] extends Declared<infer T> ? T : never;
};

export interface ReadSettings {
  readonly settings: Settings;
  /** One sentence each: what was set but has no effect. */
  readonly warnings: readonly string[];
}

/** The environment contradicts itself or can't be honoured. The message names every problem. Verdict: refuse to start. */
export class SettingsInvalid extends Error {
  readonly kind = 'SettingsInvalid';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The settings can't be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws SettingsInvalid */
export function readSettings(environment: Environment = process.env): ReadSettings {
  const problems: string[] = [];
  const values = Object.fromEntries(
    Object.entries(declared).map(([key, setting]) => [key, valueOf<unknown>(setting, environment, problems)]),
  ) as unknown as AsWritten; // fromEntries forgets the keys; the loop above has visited each of them.
  problems.push(...refusals(environment), ...contradictions(values));
  if (problems.length > 0) throw new SettingsInvalid(problems);
  const settings = Object.freeze({
    ...values,
    logLevel: values.debug ? 'debug' : values.logLevel,
    // Nobody wants invented customers on a broker without having asked for them.
    demo: values.demo ?? values.kafkaBrokers.length === 0,
  });
  return Object.freeze({ settings, warnings: Object.freeze(warnings(environment)) });
}

/** True for an address that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/** Where keys are kept that were added with `freshet keys add`. */
export function keyFileIn(dataDir: string): string {
  return join(dataDir, 'keys.json');
}

/** Where the artefacts of trained models lie. */
export function modelsDirOf({ dataDir, modelsDir }: Pick<Settings, 'dataDir' | 'modelsDir'>): string {
  return modelsDir === '' ? join(dataDir, 'models') : modelsDir;
}

/** The data folder alone, for who has to work while other settings can't be used yet. */
export function readDataDir(environment: Environment = process.env): string {
  return parsed(declared.dataDir, textOf(declared.dataDir, environment));
}

type RegistryTexts = Pick<
  AsWritten,
  'schemaRegistryUrl' | 'schemaRegistryUsername' | 'schemaRegistryPassword' | 'schemaRegistryToken'
>;

export interface RegistryAddress {
  readonly url: string;
  readonly access?: { readonly username: string; readonly password: string } | { readonly token: string };
}

/** What `freshet schemas` needs to know, also while a server could not start. */
export interface RegistrySettings {
  readonly topicPrefix: string;
  readonly registry: RegistryAddress | undefined;
}

/** @throws SettingsInvalid */
export function readRegistrySettings(environment: Environment = process.env): RegistrySettings {
  const problems: string[] = [];
  const text = (setting: Declared<string>) => valueOf(setting, environment, problems) ?? '';
  const read: RegistryTexts = {
    schemaRegistryUrl: text(declared.schemaRegistryUrl),
    schemaRegistryUsername: text(declared.schemaRegistryUsername),
    schemaRegistryPassword: text(declared.schemaRegistryPassword),
    schemaRegistryToken: text(declared.schemaRegistryToken),
  };
  const topicPrefix = text(declared.topicPrefix);
  problems.push(...halfAccess(read));
  if (problems.length > 0) throw new SettingsInvalid(problems);
  return { topicPrefix, registry: registryOf(read) };
}

/** Undefined: there is none but the folder `schemas`. */
export function registryOf(settings: RegistryTexts): RegistryAddress | undefined {
  const { schemaRegistryUrl: url, schemaRegistryUsername: username, schemaRegistryPassword: password } = settings;
  const token = settings.schemaRegistryToken;
  if (url === '') return undefined;
  if (token !== '') return { url, access: { token } };
  return username === '' ? { url } : { url, access: { username, password } };
}

function valueOf<T>(setting: Declared<T>, environment: Environment, problems: string[]): T | undefined {
  try {
    return parsed(setting, textOf(setting, environment));
  } catch (error) {
    problems.push(`${setting.name} ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function parsed<T>(setting: Declared<T>, text: string): T {
  const value = setting.kind.parse(text);
  if (value !== notAccepted) return value;
  const shown = setting.secret === true ? 'not usable' : JSON.stringify(text.slice(0, 80));
  throw new Error(`is ${shown}: give ${setting.kind.accepts.replaceAll('`', '')}.`);
}

/** An empty variable counts as not set: that is how compose files and shells say "the default". */
function textOf(setting: Declared<unknown>, environment: Environment): string {
  const text = environment[setting.name]?.trim() ?? '';
  const file = setting.secret === true ? (environment[`${setting.name}_FILE`]?.trim() ?? '') : '';
  if (text !== '' && file !== '') throw new Error(`and ${setting.name}_FILE are both set: unset one of them.`);
  if (file !== '') return secretFrom(file);
  return text === '' ? setting.default : text;
}

function secretFrom(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new Error(`could not be read from the file ${file} (${reason}): check the path and who may read it.`, {
      cause: error,
    });
  }
}

function refusals(environment: Environment): string[] {
  return promised.filter((each) => each.verdict === 'refuse' && isSet(each.name, environment)).map(sentence);
}

function warnings(environment: Environment): string[] {
  return promised.filter((each) => each.verdict === 'warn' && isSet(each.name, environment)).map(sentence);
}

function sentence({ name, doc }: { name: string; doc: string }): string {
  return `${name} is set, but ${doc.replaceAll('`', '')}.`;
}

function isSet(name: string, environment: Environment): boolean {
  return [name, `${name}_FILE`].some((each) => (environment[each]?.trim() ?? '') !== '');
}

function contradictions(values: Partial<AsWritten>): string[] {
  return [...openDoor(values), ...halfLogin(values), ...halfAccess(values), ...uselessRegistry(values)];
}

function openDoor({ apiHost, apiKeys, dataDir }: Partial<AsWritten>): string[] {
  if (apiHost === undefined || apiKeys === undefined || apiKeys.length > 0 || isLoopback(apiHost)) return [];
  // Whether the file holds a key is seen when it is read.
  if (dataDir !== undefined && existsSync(keyFileIn(dataDir))) return [];
  return [
    `API_HOST is ${apiHost}, which other machines can reach, but there are no API_KEYS: set API_KEYS (for example ` +
      `API_KEYS=$(openssl rand -hex 24):admin), add a key with freshet keys add, or leave API_HOST at 127.0.0.1.`,
  ];
}

const passwordMechanisms: readonly unknown[] = ['plain', 'scram-sha-256', 'scram-sha-512'];

function halfLogin(values: Partial<AsWritten>): string[] {
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername, kafkaSaslPassword, kafkaSslCert, kafkaSslKey } = values;
  const problems: string[] = [];
  if (passwordMechanisms.includes(mechanism) && (kafkaSaslUsername === '' || kafkaSaslPassword === ''))
    problems.push(`KAFKA_SASL_MECHANISM is ${mechanism}, which needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.`);
  if ((kafkaSslCert === '') !== (kafkaSslKey === ''))
    problems.push('KAFKA_SSL_CERT and KAFKA_SSL_KEY belong together: set both of them, or none.');
  if (values.redisCluster === true && values.redisSentinelName !== '')
    problems.push('REDIS_CLUSTER and REDIS_SENTINEL_NAME are two ways of finding a server: set one of them.');
  return problems;
}

function halfAccess(values: Partial<RegistryTexts>): string[] {
  const { schemaRegistryUsername: username, schemaRegistryPassword: password, schemaRegistryToken: token } = values;
  const problems: string[] = [];
  if (token !== '' && username !== '')
    problems.push('SCHEMA_REGISTRY_TOKEN and SCHEMA_REGISTRY_USERNAME are two ways of getting in: set one of them.');
  if ((username === '') !== (password === ''))
    problems.push('SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD belong together: set both of them, or none.');
  return problems;
}

/** Going on without it would write something else than what was asked for. */
function uselessRegistry({ schemaRegistryUrl, kafkaBrokers }: Partial<AsWritten>): string[] {
  if (schemaRegistryUrl === undefined || schemaRegistryUrl === '' || kafkaBrokers?.length !== 0) return [];
  return [
    'SCHEMA_REGISTRY_URL is set, but without KAFKA_BROKERS the log is in DATA_DIR, whose records need no registry: unset it ' +
      'or set KAFKA_BROKERS. (freshet schemas uses it either way.)',
  ];
}
