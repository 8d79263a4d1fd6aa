// docker-compose.yml: what Compose would refuse, and what we ask of it beside.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { declared } from '../config/declared-settings.ts';
import { leftOut } from '../test/left-out.ts';
import { composeConfig } from './testing/compose-config.ts';
import { hasGo } from './testing/go-modules.ts';
import { readCompose } from './testing/compose-file.ts';

const { services } = readCompose();
const ours = Object.entries(services).filter(([, { build }]) => build !== undefined);
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

test('Compose takes it as it is, and not with a mistake in it', async (context) => {
  if (!hasGo(1, 25)) return leftOut('Compose is built with Go 1.25 or newer.');
  const { status, output, errors } = await composeConfig('docker-compose.yml');
  assert.equal(status, 0, errors);
  assert.deepEqual(Object.keys((JSON.parse(output) as { services: object }).services).sort(), Object.keys(services).sort()); // prettier-ignore
  const written = readFileSync('docker-compose.yml', 'utf8');
  const file = join(tmpdir(), `freshet-compose-${process.pid}.yml`);
  context.after(() => rmSync(file));
  for (const [right, wrong, said] of [
    ['restart:', 'restarts:', /restarts/],
    ['redis: { condition: service_healthy }', 'reddis: { condition: service_healthy }', /reddis/],
    ['prometheus:/prometheus', 'elsewhere:/prometheus', /elsewhere/],
  ] as const) {
    writeFileSync(file, written.replace(right, wrong));
    const refused = await composeConfig(file);
    assert.notEqual(refused.status, 0, wrong);
    assert.match(refused.errors, said);
  }
});

test('files that are mounted are there', () => {
  const sources = Object.values(services).flatMap(({ volumes = [] }) =>
    volumes.map((mount) => mount.split(':')[0] ?? ''),
  );
  const ofTheProject = sources.filter((source) => source.startsWith('./'));
  assert.ok(ofTheProject.length >= 4);
  for (const source of ofTheProject) assert.ok(existsSync(source), source);
});

test('images are pinned, ours to the version of the package', () => {
  for (const [name, { image }] of Object.entries(services)) assert.match(image, /:v?\d+\.\d+\.\d+/, name);
  for (const [, { image }] of ours) assert.equal(image, `freshet:${version}`);
});

test('rpk takes --set and what is set as two words', () => {
  const { command = [] } = services['redpanda'] ?? {};
  assert.equal(command[command.indexOf('--set') + 1], 'redpanda.auto_create_topics_enabled=false');
  assert.ok(!command.some((word) => word.startsWith('--set=')));
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
  const { scrape_configs, rule_files } = scraping();
  const running = ours.filter(([, service]) => 'restart' in service).map(([name]) => name);
  assert.deepEqual(scrape_configs[0]?.dns_sd_configs[0]?.names, running);
  assert.deepEqual(rule_files, ['/etc/prometheus/rules.yml']);
  assert.ok(services['prometheus']?.volumes?.includes('./deploy/prometheus:/etc/prometheus:ro'));
});

test('Grafana finds Prometheus, and the dashboards where they are mounted', () => {
  const { volumes = [], environment = {} } = services['grafana'] ?? {};
  const mounted = (source: string) => volumes.find((each) => each.startsWith(`${source}:`))?.split(':')[1];
  assert.equal(mounted('./deploy/grafana/provisioning'), '/etc/grafana/provisioning');
  const provisioned = (path: string) => parse(readFileSync(`deploy/grafana/provisioning/${path}`, 'utf8')) as unknown;
  const { providers } = provisioned('dashboards/freshet.yml') as {
    providers: readonly { options: { path: string } }[];
  };
  assert.deepEqual(
    providers.map(({ options }) => options.path),
    [mounted('./deploy/grafana/dashboards')],
  );
  const home = environment['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'] ?? '';
  assert.ok(existsSync(home.replace(providers[0]?.options.path ?? '', 'deploy/grafana/dashboards')), home);
  const { datasources } = provisioned('datasources/prometheus.yml') as { datasources: readonly DataSource[] };
  assert.equal(datasources.length, 1);
  const [{ url, isDefault, jsonData }] = datasources as [DataSource];
  assert.deepEqual([new URL(url).hostname in services, isDefault], [true, true]);
  assert.equal(jsonData.timeInterval, scraping().global.scrape_interval);
});

interface DataSource {
  readonly url: string;
  readonly isDefault: boolean;
  readonly jsonData: { readonly timeInterval: string };
}

function scraping(): Scraping {
  return parse(readFileSync('deploy/prometheus/prometheus.yml', 'utf8')) as Scraping;
}

interface Scraping {
  readonly global: { readonly scrape_interval: string };
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly { readonly dns_sd_configs: readonly { readonly names: readonly string[] }[] }[];
}
