// docker-compose.yml: what its schema and the engine would refuse, and what we ask of it beside.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { declared } from '../config/declared-settings.ts';
import { readCompose } from './testing/compose-file.ts';
import { checkCompose } from './testing/python-tools.ts';

const { services, volumes } = readCompose();
const ours = Object.entries(services).filter(([, { build }]) => build !== undefined);
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

test('it is as the specification says', async () => {
  const { status, output, errors } = await checkCompose('docker-compose.yml');
  assert.equal(status, 0, output + errors);
});

test('what is named is there: services, volumes, files', () => {
  for (const [name, { depends_on = [], volumes: mounts = [] }] of Object.entries(services)) {
    const needed = Array.isArray(depends_on) ? depends_on : Object.keys(depends_on);
    for (const other of needed as string[]) assert.ok(other in services, `${name} depends on ${other}`);
    for (const mount of mounts) {
      const source = mount.split(':')[0] ?? '';
      if (source.startsWith('./')) assert.ok(existsSync(source), `${name} mounts ${source}`);
      else if (!source.startsWith('/')) assert.ok(source in volumes, `${name} mounts ${source}`);
    }
  }
});

test('images are pinned, ours to the version of the package', () => {
  for (const [name, { image }] of Object.entries(services)) assert.match(image, /:v?\d+\.\d+\.\d+/, name);
  for (const [, { image }] of ours) assert.equal(image, `freshet:${version}`);
});

test('ours can change nothing but their data, and are set by settings that there are', () => {
  const settings = Object.values(declared).flatMap(({ name }) => [name, `${name}_FILE`]);
  assert.ok(ours.length > 3);
  for (const [name, { environment = {}, read_only, cap_drop }] of ours) {
    assert.deepEqual([read_only, cap_drop], [true, ['ALL']], name);
    for (const variable of Object.keys(environment)) assert.ok(settings.includes(variable), `${name}: ${variable}`);
  }
});

test('Prometheus asks each service that runs on, and finds its rules and its key', () => {
  const { scrape_configs, rule_files } = parse(readFileSync('deploy/prometheus/prometheus.yml', 'utf8')) as Scraping;
  const running = ours.filter(([, service]) => 'restart' in service).map(([name]) => name);
  assert.deepEqual(scrape_configs[0]?.dns_sd_configs[0]?.names, running);
  assert.deepEqual(rule_files, ['/etc/prometheus/rules.yml']);
  assert.ok(services['prometheus']?.volumes?.includes('./deploy/prometheus:/etc/prometheus:ro'));
});

interface Scraping {
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly { readonly dns_sd_configs: readonly { readonly names: readonly string[] }[] }[];
}
