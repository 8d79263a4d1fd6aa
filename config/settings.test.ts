import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { suite, test } from 'node:test';
import {
  isLoopback,
  keyFileIn,
  readRegistrySettings,
  readSettings,
  SettingsInvalid,
  type Environment,
} from './settings.ts';

suite('settings', () => {
  test('an empty environment gives the defaults, frozen', () => {
    const { settings, warnings } = readSettings({});
    assert.equal(settings.apiHost, '127.0.0.1');
    assert.equal(settings.apiPort, 8000);
    assert.equal(settings.dataDir, resolve('data'));
    assert.equal(settings.demo, true);
    assert.equal(settings.partitions, 4);
    assert.equal(settings.ingestDurability, 'disk');
    assert.deepEqual(settings.apiKeys, []);
    assert.deepEqual(warnings, []);
    assert.throws(() => Object.assign(settings, { apiPort: 1 }), TypeError);
  });

  test('names every problem in one message, each with what to do', () => {
    const problems = problemsOf({ API_PORT: '80000', DEMO: 'maybe', PARTITIONS: '0', KAFKA_BROKERS: 'localhost' });
    assert.equal(problems.length, 4);
    assert.match(problems.join('\n'), /API_PORT is "80000": give a whole number from 0 to 65535\./);
    assert.match(problems.join('\n'), /DEMO is "maybe": give on or off\./);
    assert.match(problems.join('\n'), /PARTITIONS is "0"/);
    assert.match(problems.join('\n'), /KAFKA_BROKERS is "localhost": give host:port/);
  });

  test('an empty variable counts as not set', () => {
    assert.equal(readSettings({ API_PORT: ' ', KAFKA_BROKERS: '' }).settings.apiPort, 8000);
  });

  test('each name that would silently run something else is refused', () => {
    for (const name of ['SCHEMA_REGISTRY_URL', 'BIGQUERY_DATASET'])
      assert.deepEqual(
        problemsOf({ [name]: 'http://x' }).map((problem) => problem.split(' ')[0]),
        [name],
      );
  });

  test('a registry is a matter of its own: read also where a server would not start with it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'freshet-settings-'));
    const file = join(folder, 'secret');
    writeFileSync(file, 'word\n');
    const url = 'https://registry.example/path';
    assert.deepEqual(readRegistrySettings({}), { topicPrefix: 'freshet', registry: undefined });
    const environment = { SCHEMA_REGISTRY_URL: url, SCHEMA_REGISTRY_PASSWORD_FILE: file };
    assert.deepEqual(readRegistrySettings({ ...environment, SCHEMA_REGISTRY_USERNAME: 'ann', API_PORT: 'x' }), {
      topicPrefix: 'freshet',
      registry: { url, access: { username: 'ann', password: 'word' } },
    });
    assert.deepEqual(readRegistrySettings({ SCHEMA_REGISTRY_URL: url, SCHEMA_REGISTRY_TOKEN_FILE: file }).registry, {
      url,
      access: { token: 'word' },
    });
    rmSync(folder, { recursive: true });
  });

  test('a registry’s address shows no password, and access is given in one way', () => {
    const wrong: [Environment, RegExp][] = [
      [{ SCHEMA_REGISTRY_URL: 'registry.example' }, /SCHEMA_REGISTRY_URL is .*: give an address/],
      [
        { SCHEMA_REGISTRY_URL: 'https://ann:word@registry.example' },
        /^.*\n.*SCHEMA_REGISTRY_URL has a name or password in it: take them out[^@]*$/,
      ],
      [{ SCHEMA_REGISTRY_USERNAME: 'ann' }, /belong together/],
      [{ SCHEMA_REGISTRY_PASSWORD: 'word' }, /belong together/],
      [
        { SCHEMA_REGISTRY_USERNAME: 'ann', SCHEMA_REGISTRY_PASSWORD: 'word', SCHEMA_REGISTRY_TOKEN: 'abc' },
        /two ways of getting in/,
      ],
    ];
    for (const [environment, message] of wrong) assert.throws(() => readRegistrySettings(environment), { message });
  });

  test('a name without effect gives one warning', () => {
    const { warnings } = readSettings({ LEARNING_RATE: '0.1', FIRESTORE_COLLECTION: 'customers' });
    assert.equal(warnings.length, 2);
    assert.match(warnings[0] ?? '', /^FIRESTORE_COLLECTION is set, but profiles are not mirrored/);
  });

  test('an address that others can reach needs keys', () => {
    assert.match(problemsOf({ API_HOST: '0.0.0.0' }).join(), /no API_KEYS: set API_KEYS/);
    assert.equal(readSettings({ API_HOST: '::1' }).settings.apiHost, '::1');
    assert.equal(readSettings({ API_HOST: '0.0.0.0', API_KEYS: `${key}:read` }).settings.apiHost, '0.0.0.0');
  });

  test('keys that were added to the data folder are keys too; whether they can be used is seen when they are read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'freshet-settings-'));
    assert.match(problemsOf({ API_HOST: '0.0.0.0', DATA_DIR: folder }).join(), /freshet keys add/);
    writeFileSync(keyFileIn(folder), '');
    assert.equal(readSettings({ API_HOST: '0.0.0.0', DATA_DIR: folder }).settings.apiHost, '0.0.0.0');
    rmSync(folder, { recursive: true });
  });

  test('the invented shop opens by itself only where the log is embedded', () => {
    assert.equal(readSettings({ KAFKA_BROKERS: 'kafka:9092' }).settings.demo, false);
    assert.equal(readSettings({ KAFKA_BROKERS: 'kafka:9092', DEMO: 'on' }).settings.demo, true);
    assert.equal(readSettings({ DEMO: 'off' }).settings.demo, false);
  });

  test('half a login is refused', () => {
    assert.match(problemsOf({ KAFKA_SASL_MECHANISM: 'plain' }).join(), /needs KAFKA_SASL_USERNAME and/);
    assert.match(problemsOf({ KAFKA_SSL_KEY: '-----BEGIN PRIVATE KEY-----' }).join(), /belong together/);
    assert.match(problemsOf({ REDIS_CLUSTER: 'on', REDIS_SENTINEL_NAME: 'main' }).join(), /set one of them/);
    assert.match(problemsOf({ REDIS_URL: 'localhost:6379' }).join(), /REDIS_URL is not usable: give redis:/);
  });

  test('origins are written as browsers send them', () => {
    const { settings } = readSettings({ CORS_ORIGINS: 'https://shop.example, http://localhost:3000' });
    assert.deepEqual(settings.corsOrigins, ['https://shop.example', 'http://localhost:3000']);
    for (const wrong of ['*', 'shop.example', 'https://shop.example/', 'https://shop.example:443', 'file:///x'])
      assert.match(problemsOf({ CORS_ORIGINS: wrong }).join(), /such as https:\/\/shop.example/, wrong);
  });

  test('traces are off, and their settings are those of OpenTelemetry', () => {
    assert.equal(readSettings({}).settings.traceEndpoint, '');
    const { settings } = readSettings({
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a=b, x-tenant=shop',
      OTEL_TRACES_SAMPLER_ARG: '0.01',
    });
    assert.deepEqual(settings.traceHeaders, { authorization: 'Bearer a=b', 'x-tenant': 'shop' });
    assert.equal(settings.traceShare, 0.01);
    for (const wrong of ['2', '-1', '1.5', 'all', '1e-3'])
      assert.match(problemsOf({ OTEL_TRACES_SAMPLER_ARG: wrong }).join(), /a number from 0 to 1/, wrong);
    for (const wrong of ['authorization', '=x', 'a=%', 'a=%ff']) {
      const said = problemsOf({ OTEL_EXPORTER_OTLP_HEADERS: wrong }).join();
      assert.match(said, /OTEL_EXPORTER_OTLP_HEADERS is not usable: give name=value/, wrong);
    }
  });

  test('loopback is 127.0.0.0/8, ::1 and localhost only', () => {
    assert.deepEqual(['127.0.0.1', '127.9.9.9', '::1', 'localhost'].map(isLoopback), [true, true, true, true]);
    assert.deepEqual(['0.0.0.0', '::', '127.evil.org', '128.0.0.1'].map(isLoopback), [false, false, false, false]);
  });

  test('keys keep their scopes, and not themselves', () => {
    const { settings } = readSettings({ API_KEYS: `${key}:ingest+read, ${key}-2:admin` });
    assert.deepEqual(
      settings.apiKeys.map(({ scopes }) => scopes),
      [['ingest', 'read'], ['admin']],
    );
    assert.ok(!JSON.stringify(settings).includes(key));
  });

  test('wrong keys are refused without showing them', () => {
    const wrong: [string, RegExp][] = [
      [key, /has no scope in entry 1/],
      [`${key}:write`, /unknown scope "write" in entry 1/],
      ['short:read', /fewer than 16 characters in entry 1/],
      [`${key}:read,${key}:admin`, /the same key twice: remove entry 2/],
    ];
    for (const [text, message] of wrong) {
      const problems = problemsOf({ API_KEYS: text }).join();
      assert.match(problems, message);
      assert.ok(!problems.includes(key), problems);
    }
  });

  test('a secret can come from a file, but not from both places', () => {
    const folder = mkdtempSync(join(tmpdir(), 'freshet-settings-'));
    const file = join(folder, 'keys');
    writeFileSync(file, `${key}:read\n`);
    assert.equal(readSettings({ API_KEYS_FILE: file }).settings.apiKeys.length, 1);
    assert.match(problemsOf({ API_KEYS_FILE: file, API_KEYS: `${key}:read` }).join(), /both set/);
    assert.match(problemsOf({ API_KEYS_FILE: join(folder, 'none') }).join(), /could not be read .* \(ENOENT\)/);
    rmSync(folder, { recursive: true });
  });

  test('DEBUG raises the log level, and patterns for libraries are not for us', () => {
    assert.equal(readSettings({ DEBUG: 'true' }).settings.logLevel, 'debug');
    assert.equal(readSettings({ DEBUG: 'express:*' }).settings.logLevel, 'info');
  });
});

const key = '0123456789abcdef-test';

function problemsOf(environment: Environment): readonly string[] {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof SettingsInvalid) return error.problems;
    throw error;
  }
  return assert.fail('the settings were accepted');
}
