// Terraform without its provider, which no registry of packages has: formatting, names of resources and what they take held against the
// provider's schema, references, and which rights are given.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { before, suite, test } from 'node:test';
import { leftOut } from '../../test/left-out.ts';
import { hasCommand } from '../../test/servers/program.ts';
import { hasAttribute, problemsOf } from '../testing/provider-schema.ts';
import { terraformFile } from '../testing/python-tools.ts';
import { formattedTerraform, terraformProvider } from '../testing/terraform-tools.ts';
import { warehouseFiles, warehouseTables } from './warehouse-tables.ts';

const files = globSync('deploy/terraform/*.tf').sort();
const sources = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));

suite('Terraform', () => {
  const resources: Resource[] = [];
  const blocks: Blocks[] = [];
  let provider = '';

  before(async () => {
    provider = await terraformProvider();
    for (const file of files) {
      const found = (await terraformFile(file)) as Blocks;
      blocks.push(found);
      for (const each of found.resource ?? []) resources.push(...resourcesOf(each));
    }
  });

  test('it is formatted', async () => {
    if (!hasCommand('go')) return leftOut('hclfmt needs go.');
    for (const [file, source] of sources) assert.equal(await formattedTerraform(file), source, file);
  });

  test('it keeps what linters ask for: types, descriptions, names, nothing unused, nothing outdated', () => {
    const named = (kind: 'variable' | 'output') =>
      blocks.flatMap((each) => each[kind] ?? []).flatMap((each) => Object.entries(each));
    const [variables, outputs] = [named('variable'), named('output')];
    assert.ok(variables.length >= 9 && outputs.length >= 5);
    for (const [name, { type }] of variables) assert.ok(type !== undefined, name);
    for (const [name, { description }] of [...variables, ...outputs]) assert.ok((description ?? '').length > 10, name);
    const names = [...variables, ...outputs].map(([name]) => unquoted(name));
    for (const name of [...names, ...resources.map((each) => each.name)]) assert.match(name, /^[a-z][a-z0-9_]*$/);
    const all = [...sources.values()].join('\n');
    for (const each of blocks.flatMap(({ locals = [] }) => locals).flatMap(Object.keys))
      if (!each.startsWith('__')) assert.ok(all.includes(`local.${each}`), `local.${each} is not used`);
    assert.doesNotMatch(all, /= "\$\{[^}"]*\}"$/m, 'an expression alone needs no quotes');
    assert.doesNotMatch(all, /^\s*\/[/*]/m, 'comments begin with #');
    assert.match(all, /required_version = ">= [\d.]+"/);
    assert.match(all, /version = "~> \d+\.\d+"/);
  });

  test('resources exist, take what they are given, and are given what they need', () => {
    assert.ok(resources.length > 15);
    for (const { type, name, body } of resources)
      assert.deepEqual(problemsOf(provider, type, body), [], `${type}.${name}`);
  });

  test('the check finds what is wrong', () => {
    const { body } = resources.find(({ type }) => type === 'google_managed_kafka_cluster') ?? assert.fail();
    const { location: _, ...without } = body as { location: string };
    assert.deepEqual(problemsOf(provider, 'google_managed_kafka_cluster', without), [
      'google_managed_kafka_cluster needs location',
    ]);
    assert.deepEqual(problemsOf(provider, 'google_managed_kafka_cluster', { ...body, vcpus: 3 }), [
      'google_managed_kafka_cluster takes no vcpus',
    ]);
    const capacity_config = [{ vcpu_count: 3, memory: 1, __is_block__: true }];
    assert.deepEqual(problemsOf(provider, 'google_managed_kafka_cluster', { ...body, capacity_config }), [
      'google_managed_kafka_cluster.capacity_config needs memoryBytes',
      'google_managed_kafka_cluster.capacity_config takes no memory',
    ]);
    assert.deepEqual(problemsOf(provider, 'google_kafka', {}), ['there is no resource google_kafka']);
  });

  test('what is referred to is there', () => {
    const all = [...sources.values()].join('\n').replace(/#.*$/gm, '');
    const declared = (kind: string) =>
      new Set(Array.from(all.matchAll(new RegExp(`^${kind} "(\\w+)"`, 'gm')), ([, name]) => name));
    const [variables, made] = [declared('variable'), new Set(resources.map(({ type, name }) => `${type}.${name}`))];
    const used = Array.from(all.matchAll(/\bvar\.(\w+)/g), ([, name]) => name);
    assert.deepEqual(new Set(used), variables, 'variables that are declared and used');
    for (const [reference] of all.matchAll(/\bgoogle_\w+\.\w+/g)) assert.ok(made.has(reference), reference);
    const locals = new Set(Array.from(all.matchAll(/^ {2}(\w+) += /gm), ([, name]) => name));
    for (const [, name] of all.matchAll(/\blocal\.(\w+)/g)) assert.ok(locals.has(name), name);
  });

  test('what is asked of a resource is what the provider tells of it', () => {
    const asked = Array.from(
      [...sources.values()].join('\n').matchAll(/\b(google_\w+)\.\w+(?:\["[^"]*"\])?\.(\w+)/g),
      ([, type = '', attribute = '']) => ({ type, attribute }),
    );
    assert.ok(asked.length > 20);
    for (const { type, attribute } of asked) assert.ok(hasAttribute(provider, type, attribute), `${type}.${attribute}`);
    assert.equal(hasAttribute(provider, 'google_redis_instance', 'password'), false);
  });

  test('in a new project nothing is made before its API is there, nor an identity before the pool that it is of', () => {
    const needs = new Map(
      resources.map(({ type, name, body }) => [
        `${type}.${name}`,
        JSON.stringify(body).match(/\bgoogle_\w+\.\w+/g) ?? [],
      ]),
    );
    const comesAfter = (name: string, other: string): boolean =>
      name === other || (needs.get(name) ?? []).some((each) => comesAfter(each, other));
    for (const name of needs.keys()) assert.ok(comesAfter(name, 'google_project_service.needed'), name);
    const inPool = resources.filter(({ body }) => JSON.stringify(body).includes('.svc.id.goog['));
    assert.equal(inPool.length, 2);
    for (const { type, name } of inPool)
      assert.ok(comesAfter(`${type}.${name}`, 'google_container_cluster.freshet'), name);
  });

  test('alerts may ask for metrics that come with what is installed later', () => {
    const policy = resources.find(({ type }) => type === 'google_monitoring_alert_policy');
    assert.match(JSON.stringify(policy?.body), /"disable_metric_validation":true/);
  });

  test('rights are these, and none for the whole project but two', () => {
    const given = resources.filter(({ type }) => type.endsWith('_iam_member'));
    const role = (body: object) => unquoted((body as { role: string }).role);
    assert.deepEqual(
      given.map(({ type, name, body }) => [type.replace('google_', ''), name, role(body)]),
      [
        ['bigquery_dataset_iam_member', 'readers', 'roles/bigquery.dataViewer'],
        ['bigquery_dataset_iam_member', 'writers', '${google_project_iam_custom_role.warehouse_writer.name}'],
        ['project_iam_member', 'freshet_kafka', 'roles/managedkafka.client'],
        ['service_account_iam_member', 'freshet_pods', 'roles/iam.workloadIdentityUser'],
        ['secret_manager_secret_iam_member', 'secrets', 'roles/secretmanager.secretAccessor'],
        ['service_account_iam_member', 'secrets_pods', 'roles/iam.workloadIdentityUser'],
        ['project_iam_member', 'nodes', 'roles/container.defaultNodeServiceAccount'],
        ['artifact_registry_repository_iam_member', 'nodes', 'roles/artifactregistry.reader'],
      ],
    );
    const own = resources.filter(({ type }) => type === 'google_project_iam_custom_role');
    assert.deepEqual(
      own.map(({ body }) => (body as { permissions: string[] }).permissions.map(unquoted)),
      [['bigquery.tables.get', 'bigquery.tables.updateData']],
    );
    assert.ok(!resources.some(({ type }) => type === 'google_service_account_key'));
  });

  test('the identities are those of the chart, and the secret has what its profile mounts', () => {
    const [identity, secrets] = ['identity', 'secrets'].map((name) => sources.get(`deploy/terraform/${name}.tf`) ?? '');
    assert.match(identity ?? '', /toset\(\["freshet", "freshet-prepare"\]\)/);
    const profile = readFileSync('deploy/helm/freshet/profiles/google-memorystore.yaml', 'utf8');
    const entries = Array.from(profile.matchAll(/([\w-]+): freshet-([\w-]+)/g), ([, entry, remote]) => [entry, remote]);
    assert.equal(entries.length, 4);
    for (const [entry, remote] of entries) {
      assert.equal(entry, remote);
      assert.ok(secrets?.includes(`"${entry}"`), entry);
    }
  });
});

suite('tables of the warehouse', () => {
  const source = sources.get('deploy/terraform/bigquery.tf') ?? '';

  test('they are what the schemas say', () => {
    const written = globSync('deploy/terraform/tables/*.json').map(
      (path) => [path, readFileSync(path, 'utf8')] as const,
    );
    assert.deepEqual(new Map(written), warehouseFiles(), 'run: node deploy/terraform/warehouse-tables.ts');
  });

  test('the columns that were promised are there', () => {
    const promised = {
      interactions: 'interaction_id customer_id timestamp event_type item_id channel context session_id',
      customer_profiles: 'customer_id age gender location segment preferences lifetime_value last_activity',
      recommendations: 'recommendation_id customer_id item_id score algorithm timestamp context status',
    };
    const tables = warehouseTables();
    assert.deepEqual([...tables.keys()].sort(), Object.keys(promised).sort());
    for (const [table, columns] of Object.entries(promised)) {
      const names = tables.get(table)?.map(({ name }) => name) ?? [];
      for (const column of columns.split(' ')) assert.ok(names.includes(column), `${table}.${column}`);
      assert.equal(new Set(names).size, names.length, table);
    }
  });

  test('partitions, clusters and keys are columns that can be that', () => {
    const described = source.matchAll(/^ {4}(\w+) += \{ time = "(\w+)", key = \[(.*)\] \}$/gm);
    const byTable = new Map(Array.from(described, ([, table = '', time = '', key = '']) => [table, { time, key }]));
    for (const [table, columns] of warehouseTables()) {
      const { time, key } = byTable.get(table) ?? assert.fail(table);
      const column = (name: string) => columns.find((each) => each.name === name);
      assert.equal(column(time)?.type, 'TIMESTAMP', table);
      for (const name of ['customer_id', ...key.replaceAll('"', '').split(', ')])
        assert.deepEqual([column(name)?.type, column(name)?.mode], ['STRING', 'REQUIRED'], `${table}.${name}`);
    }
    assert.equal(byTable.size, warehouseTables().size);
  });
});

/** Of one file. */
interface Blocks {
  readonly resource?: readonly Nested[];
  readonly variable?: readonly Described[];
  readonly output?: readonly Described[];
  readonly locals?: readonly object[];
}

/** By name, with quotes about it. */
type Described = Readonly<Record<string, { readonly type?: string; readonly description?: string }>>;

/** `{ type: { name: body } }`, with quotes about the names. */
type Nested = Readonly<Record<string, Readonly<Record<string, object>>>>;

interface Resource {
  readonly type: string;
  readonly name: string;
  readonly body: object;
}

function resourcesOf(nested: Nested): Resource[] {
  return Object.entries(nested).flatMap(([type, named]) =>
    Object.entries(named)
      .filter(([, body]) => typeof body === 'object')
      .map(([name, body]) => ({ type: unquoted(type), name: unquoted(name), body })),
  );
}

function unquoted(text: string): string {
  return text.replaceAll('"', '');
}
