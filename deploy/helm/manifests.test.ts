// The chart, rendered with each profile: manifests that Kubernetes' schemas and those of operators accept, whose settings Freshet accepts,
// and that hold what the values promise. Of Google's own objects only the kinds are known.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { isMap, isSeq, parse, parseAllDocuments } from 'yaml';
import { commands } from '../../cli/commands.ts';
import { declared } from '../../config/declared-settings.ts';
import { readSettings } from '../../config/settings.ts';
import { roleNames } from '../../system/roles.ts';
import { leftOut } from '../../test/left-out.ts';
import { hasCommand } from '../../test/servers/program.ts';
import { problemsByDefinition } from '../testing/definitions.ts';
import { instructionsOf } from '../testing/dockerfile.ts';
import { helm } from '../testing/helm.ts';
import { checkManifests } from '../testing/python-tools.ts';
import { chart } from './testing/rendered.ts';
import { profiles } from './testing/profiles.ts';

const kubernetesVersions = ['1.30', '1.35'];
const ofOthers = ['ServiceMonitor', 'PrometheusRule', 'PodMonitoring', 'Rules', 'ExternalSecret', 'HTTPRoute', 'ScaledObject']; // prettier-ignore
/** Whose definitions no registry of packages has. */
const ofGoogle = ['PodMonitoring', 'Rules'];
/** As cli/run-system.ts has it. */
const forcedAfterSeconds = 10;

const folder = mkdtempSync(join(tmpdir(), 'freshet-helm-'));
after(() => rmSync(folder, { recursive: true }));

for (const [profile, settings] of Object.entries(profiles)) {
  suite(profile, () => {
    const file = join(folder, `${profile}.yaml`);
    const values = ['-f', `${chart}/profiles/${profile}.yaml`, ...settings.flatMap((each) => ['--set', each])];
    let objects: KubernetesObject[] = [];

    before(async () => {
      const { status, output, errors } = await helm(['template', 'freshet', chart, '--namespace', 'shop', ...values]);
      assert.equal(status, 0, errors);
      writeFileSync(file, output);
      objects = parseAllDocuments(output)
        .map((document) => document.toJS() as KubernetesObject | null)
        .filter((object) => object !== null);
    });

    test('helm lint --strict', async () => {
      const { status, output } = await helm(['lint', '--strict', chart, ...values]);
      assert.equal(status, 0, output);
    });

    for (const version of kubernetesVersions) {
      test(`schemas of Kubernetes ${version}`, async () => {
        const { output, errors } = await checkManifests(file, version);
        const { passed = [], others = [] } = Object.groupBy((output + errors).trim().split('\n'), (line) =>
          line.includes(' passed for ') ? 'passed' : 'others',
        );
        for (const line of others)
          assert.match(line, new RegExp(`Couldn't find schema for kind (${ofOthers.join('|')}) `));
        assert.equal(passed.length, objects.filter(({ kind }) => !ofOthers.includes(kind)).length);
      });
    }

    test('definitions of operators and of the Gateway API', async () => {
      if (!hasCommand('go')) return leftOut('Definitions of others are fetched with go.');
      for (const object of objects.filter(({ kind }) => ofOthers.includes(kind))) {
        const problems = await problemsByDefinition(object);
        if (ofGoogle.includes(object.kind)) assert.equal(problems, undefined);
        else assert.deepEqual(problems, [], `${object.kind} ${object.metadata.name}`);
      }
    });

    test('no key stands twice in a mapping, and no name twice in an environment', () => {
      for (const document of parseAllDocuments(readFileSync(file, 'utf8'), { uniqueKeys: true })) {
        assert.deepEqual(document.errors, []);
        assert.ok(isMap(document.contents) || isSeq(document.contents) || document.contents === null);
      }
      for (const { env = [] } of objects.flatMap(podsOf).flatMap(containersOf))
        assert.equal(new Set(env.map(({ name }) => name)).size, env.length);
    });

    test('Freshet accepts the settings of each of its containers, and knows what it is told to run', () => {
      const ours = objects
        .flatMap(podsOf)
        .flatMap(containersOf)
        .filter(({ image }) => image.startsWith('freshet:'));
      assert.ok(ours.length >= 5);
      for (const { args = [], env = [] } of ours) {
        const { settings: accepted } = readSettings({ ...ofTheImage(), ...environmentOf(env) });
        assert.equal(accepted.kafkaCreateTopics, false);
        for (const { name } of env) assert.ok(known.has(name) && ofTheChart.includes(name), name);
        const command = commands.find(({ name }) => args.join(' ').startsWith(name));
        assert.ok(command !== undefined, args.join(' '));
        if (command.name === 'run') for (const role of args.slice(1)) assert.ok(roleNames.includes(role), role);
      }
    });

    test('pods are restricted, have limits and probes, and time to end', () => {
      for (const pod of objects.flatMap(podsOf)) {
        const { runAsNonRoot, seccompProfile } = pod.securityContext;
        assert.deepEqual(
          [runAsNonRoot, seccompProfile.type, pod.automountServiceAccountToken],
          [true, 'RuntimeDefault', false],
        );
        for (const { name, image, securityContext, resources, readinessProbe, env = [] } of containersOf(pod)) {
          assert.equal(securityContext.allowPrivilegeEscalation, false);
          assert.deepEqual(securityContext.capabilities.drop, ['ALL']);
          if (name !== 'redpanda') assert.equal(securityContext.readOnlyRootFilesystem, true, name);
          assert.ok(resources.requests.cpu && resources.requests.memory && resources.limits.memory, name);
          assert.match(image, /:v?\d+\.\d+\.\d+/);
          if (pod.restartPolicy === undefined) assert.ok(readinessProbe !== undefined, name);
          const graceMs = Number(env.find((each) => each.name === 'SHUTDOWN_GRACE_MS')?.value ?? 0);
          if (name === 'freshet')
            assert.ok((pod.terminationGracePeriodSeconds ?? 0) > graceMs / 1000 + forcedAfterSeconds + 5);
        }
      }
    });

    test('every stage runs somewhere, with a disk of its own', () => {
      const sets = objects.filter(({ kind, metadata }) => kind === 'StatefulSet' && metadata.labels['app.kubernetes.io/component'] !== undefined); // prettier-ignore
      const roles = sets
        .flatMap(podsOf)
        .flatMap(containersOf)
        .flatMap(({ args = [] }) => args.slice(1));
      assert.deepEqual(roles.sort(), roleNames.filter((name) => name !== 'gateway').sort());
      for (const { spec } of sets) assert.equal(spec?.volumeClaimTemplates?.[0]?.metadata.name, 'data');
    });

    test('services, budgets and policies mean pods that there are', () => {
      const labels = objects.map(({ spec }) => spec?.template?.metadata.labels ?? {});
      for (const object of objects) {
        const wanted = Object.entries(selectorOf(object) ?? {});
        const isMeant = (of: Labels) => wanted.every(([name, value]) => of[name] === value);
        assert.ok(labels.some(isMeant), `${object.kind} ${object.metadata.name}`);
      }
    });

    test('topics and schemas come before the processes, or beside them where the brokers come with the chart', () => {
      const job = objects.find(({ kind }) => kind === 'Job');
      const hook = job?.metadata.annotations?.['helm.sh/hook'];
      assert.equal(hook, profile.startsWith('google') ? 'pre-install,pre-upgrade' : undefined);
    });

    test('the rules are those of deploy/prometheus', () => {
      const { groups } = parse(readFileSync('deploy/prometheus/rules.yml', 'utf8')) as { groups: unknown };
      const rules = objects.find(({ kind }) => kind === 'PrometheusRule' || kind === 'Rules');
      assert.deepEqual((rules?.spec as { groups?: unknown } | undefined)?.groups, groups);
    });
  });
}

test('at an upgrade topics and schemas always come first', async () => {
  const { output } = await helm(['template', 'freshet', chart, '--is-upgrade', '-s', 'templates/prepare.yaml']);
  assert.match(output, /helm.sh\/hook: pre-upgrade/);
});

test('the definitions find what is wrong', async () => {
  if (!hasCommand('go')) return leftOut('Definitions of others are fetched with go.');
  const route = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: { name: 'a' } };
  const [unknown] = (await problemsByDefinition({ ...route, spec: { hostname: 'shop.example' } } as object as typeof route)) ?? []; // prettier-ignore
  assert.match(unknown ?? '', /additional properties.*hostname/);
  assert.deepEqual(await problemsByDefinition({ ...route, apiVersion: 'gateway.networking.k8s.io/v2' }), ['v2 is not served']); // prettier-ignore
});

test('dashboards are those of deploy/grafana', async () => {
  const { output } = await helm(['template', 'freshet', chart, '-f', `${chart}/profiles/redpanda-redis.yaml`, '-s', 'templates/monitoring.yaml']); // prettier-ignore
  const map = parseAllDocuments(output).map((each) => each.toJS() as { kind: string; data: Record<string, string> });
  const { data = {} } = map.find(({ kind }) => kind === 'ConfigMap') ?? {};
  assert.equal(Object.keys(data).length, 3);
  for (const [name, content] of Object.entries(data))
    assert.equal(content, readFileSync(`deploy/grafana/dashboards/${name}`, 'utf8'));
});

for (const [wrong, message] of [
  ['gateway.replicas=0', /replicas/],
  ['gateway.replica=2', /replica/],
  ['kafka.kind=pulsar', /kind/],
  ['kafka.kind=google', /kafka\.brokers: where are they\?/],
  ['kafka.brokers=no-port', /brokers/],
  ['stages.customers.replicas=13', /more than partitions \(12\)/],
  ['stages.serve.roles={customers}', /nobody has the role serve/],
  ['exposure.kind=ingress', /exposure\.host/],
  ['training.schedule=0 3 * * *', /models\.claim/],
  ['training.schedule=nightly', /schedule/],
  ['settings.log_level=debug', /log_level/],
  ['settings.SHUTDOWN_GRACE_MS=1000', /SHUTDOWN_GRACE_MS/],
  // Nobody named would mean everybody.
  ['networkPolicy.monitoringNamespaces={}', /monitoringNamespaces/],
] as const) {
  test(`refused: ${wrong}`, async () => {
    const { status, errors } = await helm(['template', 'freshet', chart, '--set', wrong]);
    assert.notEqual(status, 0);
    assert.match(errors, message);
  });
}

test('the chart has the version of the package', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const { appVersion } = parse(readFileSync(`${chart}/Chart.yaml`, 'utf8')) as { appVersion: string };
  assert.equal(appVersion, version);
});

/** What may not stand in `settings`, too. */
const ofTheChart = (JSON.parse(readFileSync(`${chart}/values.schema.json`, 'utf8')) as ValuesSchema).properties.settings
  .propertyNames.not.enum;
const known = new Set(Object.values(declared).flatMap(({ name }) => [name, `${name}_FILE`]));
const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const secrets: Readonly<Record<string, string>> = {
  'api-keys': 'a-key-for-this-test:admin',
  'redis-url': 'rediss://10.0.0.1:6378',
  'redis-ca': pem,
};

/** With the secret's entries as files. */
function environmentOf(env: readonly EnvironmentVariable[]): Record<string, string> {
  return Object.fromEntries(
    env.map(({ name, value = '' }) => {
      const entry = /^\/secrets\/(.*)$/.exec(value)?.[1];
      if (entry === undefined) return [name, value];
      const path = join(folder, entry);
      writeFileSync(path, secrets[entry] ?? assert.fail(`nobody makes the entry ${entry}`));
      return [name, path];
    }),
  );
}

function ofTheImage(): Record<string, string> {
  const env = instructionsOf(readFileSync('Dockerfile', 'utf8')).find(({ name }) => name === 'ENV');
  return Object.fromEntries((env?.text ?? '').split(/\s+/).map((pair) => pair.split('=') as [string, string]));
}

/** Which pods it is about; undefined when it is about none. */
function selectorOf({ kind, spec }: KubernetesObject): Labels | undefined {
  if (kind === 'Service') return spec?.selector as Labels | undefined;
  if (kind === 'NetworkPolicy') return spec?.podSelector?.matchLabels;
  if (kind === 'PodDisruptionBudget')
    return (spec?.selector as { readonly matchLabels: Labels } | undefined)?.matchLabels;
  return undefined;
}

function podsOf({ spec }: KubernetesObject): Pod[] {
  const pod = (spec?.jobTemplate?.spec ?? spec)?.template?.spec;
  return pod === undefined ? [] : [pod];
}

function containersOf({ containers, initContainers = [] }: Pod): Container[] {
  return [...initContainers, ...containers];
}

interface ValuesSchema {
  readonly properties: {
    readonly settings: { readonly propertyNames: { readonly not: { readonly enum: readonly string[] } } };
  };
}

type Labels = Readonly<Record<string, string>>;

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Labels; readonly annotations?: Labels };
  readonly spec?: {
    readonly template?: { readonly metadata: { readonly labels: Labels }; readonly spec: Pod };
    readonly jobTemplate?: { readonly spec: { readonly template: { readonly spec: Pod } } };
    /** Of a service labels themselves, of others `matchLabels`. */
    readonly selector?: object;
    readonly podSelector?: { readonly matchLabels: Labels };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

interface Pod {
  readonly securityContext: { readonly runAsNonRoot: boolean; readonly seccompProfile: { readonly type: string } };
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly restartPolicy?: string;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly EnvironmentVariable[];
  readonly securityContext: {
    readonly allowPrivilegeEscalation: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities: { readonly drop: readonly string[] };
  };
  readonly resources: {
    readonly requests: { readonly cpu?: string; readonly memory?: string };
    readonly limits: { readonly memory?: string };
  };
  readonly readinessProbe?: object;
}

interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
}
