// `npm run helm:cluster`: each profile of the chart is installed, upgraded, rolled back and taken away on a real API server, whose
// controllers and scheduler do what they would anywhere. No container runs: that Freshet starts with these settings is shown by
// manifests.test.ts and deploy/compose.int.test.ts. Not part of `npm test`: the first run builds Kubernetes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster, type Cluster } from '../testing/kubernetes/cluster.ts';
import { mayReach, type Caller, type Labels, type Policy } from './testing/reach.ts';
import { chart, rendered } from './testing/rendered.ts';
import { profiles } from './testing/profiles.ts';

const patience = '120s';
const patienceMs = 60_000;
/** What is left of an installation: the log, and nothing of the chart's own. */
const staying = /^persistentvolumeclaim\/data-freshet-redpanda-\d+$/;
const allKinds = 'all,configmap,secret,serviceaccount,persistentvolumeclaim,networkpolicy,poddisruptionbudget,ingress,role,rolebinding,servicemonitor,prometheusrule,podmonitoring,rules,externalsecret,httproute,scaledobject'; // prettier-ignore
/** Names of profiles, when not all are wanted. */
const asked = process.argv.slice(2);
let cluster: Cluster;

// Without this, what is started ends with us, but the cluster's folder stays. Each may come twice: npm hands it on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => process.exit(128 + constants.signals[signal]));

before(async () => {
  cluster = await startCluster((line) => process.stderr.write(`${line}\n`));
  for (const name of ['monitoring', 'gmp-system'])
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
});
after(() => cluster.stop());

test('the cluster refuses pods that are not restricted', async () => {
  await namespace('strict');
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'root', namespace: 'strict' } };
  const containers = [{ name: 'root', image: 'root' }];
  await eventually(() =>
    assert.rejects(cluster.apply({ ...pod, spec: { containers } }), /violates PodSecurity "restricted:latest"/),
  );
});

for (const [profile, settings] of Object.entries(profiles).filter(
  ([name]) => asked.length === 0 || asked.includes(name),
)) {
  suite(profile, () => {
    const values = [
      '-n',
      profile,
      '-f',
      `${chart}/profiles/${profile}.yaml`,
      ...settings.flatMap((each) => ['--set', each]),
    ];
    const isGoogle = profile.startsWith('google');
    const hasModels = settings.includes('models.claim=models');

    // Nothing else is tried when this fails.
    before(async () => {
      await namespace(profile);
      await quota(profile);
      if (hasModels) await claimOfModels(profile);
      await cluster.tryOut(profile, await rendered(...values));
      await quietly('install', 'freshet', chart, ...values, '--dry-run=server');
      await quietly('install', 'freshet', chart, ...values, '--wait', '--wait-for-jobs', `--timeout=${patience}`);
      await keda(profile);
    });

    test('it is installed: hooks end well, pods get places and disks, all are ready', async () => {
      assert.equal(await jobsThatEnded(profile), 1);
      for (const { metadata, status } of await pods(profile))
        assert.ok(
          status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
          metadata.name,
        );
      const claims = await listed<Claim>(profile, 'persistentvolumeclaim');
      for (const { metadata, status } of claims) assert.equal(status.phase, 'Bound', metadata.name);
    });

    test('processes of a kind are on nodes of their own', async () => {
      const customers = await pods(profile, 'app.kubernetes.io/component=customers');
      assert.equal(customers.length, 3);
      assert.equal(new Set(customers.map(({ spec }) => spec.nodeName)).size, 3);
    });

    test('services find pods and their ports, and each process of a set has a name', async () => {
      const slices = await listed<Slice>(profile, 'endpointslice');
      const endpoints = (service: string) => {
        const found = slices.filter(({ metadata }) => metadata.labels['kubernetes.io/service-name'] === service);
        return found.flatMap((slice) => slice.endpoints.filter(({ conditions }) => conditions.ready));
      };
      for (const { metadata, spec } of await listed<Service>(profile, 'service')) {
        assert.ok(endpoints(metadata.name).length > 0, metadata.name);
        const ports = slices.find(({ metadata: of }) => of.labels['kubernetes.io/service-name'] === metadata.name)?.ports; // prettier-ignore
        assert.deepEqual(ports?.map(({ name }) => name).sort(), spec.ports.map(({ name }) => name).sort());
      }
      for (const { metadata, spec } of await listed<StatefulSet>(profile, 'statefulset')) {
        const names = endpoints(spec.serviceName).map(({ hostname }) => hostname);
        for (let i = 0; i < spec.replicas; i++) assert.ok(names.includes(`${metadata.name}-${i}`), names.join(' '));
      }
    });

    test('strangers reach the gateway, who scrapes metrics the processes, and only they brokers and Redis', async () => {
      const stranger = { labels: {}, namespace: await labelsOf('strict') };
      const scraper = { labels: {}, namespace: await labelsOf(monitoringNamespace(profile)) };
      const neighbour = { labels: { app: 'another' } };
      const process = { labels: (await pods(profile, 'app.kubernetes.io/component=customers'))[0]?.metadata.labels ?? {} }; // prettier-ignore
      const processes = ['freshet/customers:http', 'freshet/gateway:http', 'freshet/others:http', 'freshet/serve:http'];
      const brokers = isGoogle ? [] : ['freshet-redpanda:kafka', 'freshet-redpanda:registry'];
      const redis = profile.endsWith('-redis') ? ['freshet-redis:redis'] : [];
      assert.deepEqual(await reachable(profile, stranger), ['freshet/gateway:http']);
      assert.deepEqual(await reachable(profile, neighbour), ['freshet/gateway:http']);
      assert.deepEqual(await reachable(profile, scraper), processes);
      assert.deepEqual(await reachable(profile, process), [...redis, ...brokers, 'freshet/gateway:http'].sort());
    });

    test('the gateway has as many pods as its autoscaler has at least', async () => {
      await eventually(async () => {
        assert.equal((await pods(profile, 'app.kubernetes.io/component=gateway')).length, 2);
      });
    });

    test('a quota has what README.md says that it takes', async () => {
      const [quotaOfAll] = await listed<Quota>(profile, 'resourcequota');
      const used = ['requests.cpu', 'requests.memory', 'limits.memory', 'requests.storage'].map((name) =>
        amount(quotaOfAll?.status.used[name]),
      );
      const ofModels = [0, 0, 0, hasModels ? 1 : 0];
      assert.deepEqual(
        used,
        promised(profile).map((each, i) => each + (ofModels[i] ?? 0)),
      );
    });

    test('one process of each kind may be taken away, not two', async () => {
      await eventually(async () => {
        const budgets = await listed<Budget>(profile, 'poddisruptionbudget');
        assert.ok(budgets.length >= 4);
        for (const { metadata, status } of budgets) assert.equal(status.disruptionsAllowed, 1, metadata.name);
      });
    });

    if (hasModels) {
      test('training runs when its time has come', async () => {
        await cluster.kubectl('-n', profile, 'create', 'job', 'now', '--from=cronjob/freshet-training');
        await cluster.kubectl('-n', profile, 'wait', '--for=condition=Complete', 'job/now', '--timeout=60s');
        await cluster.kubectl('-n', profile, 'delete', 'job', 'now');
      });
    }

    test('an upgrade has topics and schemas first, then replaces every process', async () => {
      const earlier = await jobsThatEnded(profile);
      await quietly(
        'upgrade',
        'freshet',
        chart,
        ...values,
        '--set',
        'image.tag=0.2.0',
        '--wait',
        `--timeout=${patience}`,
      );
      assert.equal(await jobsThatEnded(profile), earlier + 1);
      assert.deepEqual(await versions(profile), ['0.2.0']);
    });

    test('an upgrade whose Job does not end leaves the processes alone', async () => {
      const wrong = ['--set', 'image.tag=0.3.0', '--set', 'nodeSelector.where=nowhere', '--timeout=5s'];
      const { status, errors } = await cluster.helm('upgrade', 'freshet', chart, ...values, ...wrong);
      assert.notEqual(status, 0);
      assert.match(errors, /pre-upgrade hooks failed/);
      assert.deepEqual(await versions(profile), ['0.2.0']);
    });

    test('a rollback brings the former processes back', async () => {
      await quietly('rollback', 'freshet', '1', '-n', profile, '--wait', `--timeout=${patience}`);
      assert.deepEqual(await versions(profile), ['0.1.0']);
    });

    test('it can be upgraded again, and nothing of the failed upgrade is in the way', async () => {
      await quietly('upgrade', 'freshet', chart, ...values, '--wait', `--timeout=${patience}`);
      assert.deepEqual(await versions(profile), ['0.1.0']);
    });

    test('disks of another size, as README.md has it', async () => {
      const larger = ['--set', 'stages.others.storage=20Gi', '--wait', `--timeout=${patience}`];
      const { errors } = await cluster.helm('upgrade', 'freshet', chart, ...values, ...larger);
      assert.match(errors, /updates to statefulset spec .* are forbidden/);
      await cluster.kubectl('-n', profile, 'delete', 'statefulset', 'freshet-others', '--cascade=orphan');
      const before = await pods(profile, 'app.kubernetes.io/component=others');
      await quietly('upgrade', 'freshet', chart, ...values, ...larger);
      const after = await pods(profile, 'app.kubernetes.io/component=others');
      assert.deepEqual(after.map(({ metadata }) => metadata.uid), before.map(({ metadata }) => metadata.uid)); // prettier-ignore
    });

    test('taken away, only the log stays', async () => {
      await quietly('uninstall', 'freshet', '-n', profile, '--wait', `--timeout=${patience}`);
      await eventually(async () => {
        const left = await namesLeft(profile);
        assert.deepEqual(
          left.filter((name) => !staying.test(name)),
          [],
        );
        assert.equal(left.length, isGoogle ? 0 : 3);
      });
    });
  });
}

/** As README.md of the chart has it made. */
async function namespace(name: string): Promise<void> {
  const labels = {
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/warn': 'restricted',
  };
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  await cluster.kubectl('-n', name, 'create', 'secret', 'generic', 'freshet', '--from-literal=api-keys=a:admin,b:read', '--from-literal=prometheus-key=b'); // prettier-ignore
}

/** Under a quota, pods that don't say what they need are refused. */
async function quota(of: string): Promise<void> {
  const hard = { 'requests.cpu': 20, 'requests.memory': '40Gi', 'limits.memory': '60Gi', 'requests.storage': '300Gi' };
  await cluster.apply({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'all', namespace: of }, spec: { hard } }); // prettier-ignore
}

async function claimOfModels(namespace: string): Promise<void> {
  const spec = { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } } };
  await cluster.apply({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'models', namespace }, spec }); // prettier-ignore
}

/** What the operator would do, which is not there: it finds what it is to scale, and brings it to the least. */
async function keda(of: string): Promise<void> {
  for (const { spec } of await listed<Scaler>(of, 'scaledobject')) {
    const { kind, name } = spec.scaleTargetRef;
    await cluster.kubectl('-n', of, 'scale', `${kind}/${name}`, `--replicas=${spec.minReplicaCount}`);
    await cluster.kubectl('-n', of, 'rollout', 'status', `${kind}/${name}`, `--timeout=${patience}`);
  }
}

/** Helm hands on what the server warns of. */
async function quietly(...args: readonly string[]): Promise<void> {
  const { status, output, errors } = await cluster.helm(...args);
  assert.equal(status, 0, errors + output);
  assert.doesNotMatch(errors, /warn/i);
}

/** They are gone by then; the events say that they were there. */
async function jobsThatEnded(of: string): Promise<number> {
  const events = await listed<JobEvent>(of, 'event');
  return events.filter(
    ({ reason, involvedObject }) => reason === 'Completed' && involvedObject.name.startsWith('freshet-prepare'),
  ).length;
}

/** `<name>/<component>:<port>` of all pods, each once. */
async function reachable(of: string, caller: Caller): Promise<string[]> {
  const policies = await listed<Policy & Named>(of, 'networkpolicy');
  const targets = (await pods(of)).flatMap(({ metadata: { labels }, spec }) =>
    spec.containers.flatMap(({ ports }) => ports.map(({ name: port }) => ({ labels, port }))),
  );
  const names = targets
    .filter((target) => mayReach(policies, caller, target))
    .map(({ labels, port }) => {
      const component = labels['app.kubernetes.io/component'];
      return `${labels['app.kubernetes.io/name']}${component === undefined ? '' : `/${component}`}:${port}`;
    });
  return [...new Set(names)].sort();
}

function monitoringNamespace(profile: string): string {
  return profile === 'redpanda-redis' ? 'monitoring' : 'gmp-system';
}

async function labelsOf(namespace: string): Promise<Labels> {
  const { metadata } = JSON.parse(await cluster.kubectl('get', 'namespace', namespace, '-o', 'json')) as Named;
  return metadata.labels;
}

/** Processors, GiB of memory asked for and at most, GiB of disks: the profile's line in README.md. */
function promised(profile: string): number[] {
  const line = readFileSync(`${chart}/README.md`, 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`| \`${profile}\``));
  return (line ?? '').split('|').slice(2, -1).map(Number);
}

/** GiB, or what has no unit. */
function amount(quantity = ''): number {
  const [, number, unit = ''] = /^(\d+)(m|Mi|Gi)?$/.exec(quantity) ?? assert.fail(quantity);
  return Number(number) * ({ m: 1 / 1000, Mi: 1 / 1024 }[unit] ?? 1);
}

async function versions(of: string): Promise<string[]> {
  const images = (await pods(of)).flatMap(({ spec }) => spec.containers).map(({ image }) => image);
  const ours = images.filter((image) => image.startsWith('freshet:')).map((image) => image.replace('freshet:', ''));
  assert.ok(ours.length >= 9, images.join(' '));
  return [...new Set(ours)];
}

/** Without those of Jobs. */
async function pods(of: string, label = 'app.kubernetes.io/instance=freshet'): Promise<Pod[]> {
  const all = await listed<Pod>(of, 'pod', '-l', label);
  return all.filter(
    ({ metadata }) => metadata.labels['job-name'] === undefined && metadata.deletionTimestamp === undefined,
  );
}

async function listed<T>(of: string, kind: string, ...more: readonly string[]): Promise<T[]> {
  const { items } = JSON.parse(await cluster.kubectl('-n', of, 'get', kind, ...more, '-o', 'json')) as { items: T[] };
  return items;
}

/** Of what this file did not make itself, and Kubernetes does not make in each namespace. */
async function namesLeft(of: string): Promise<string[]> {
  const names = (await cluster.kubectl('-n', of, 'get', allKinds, '-o', 'name')).trim().split('\n');
  const ours = /^(secret\/freshet|persistentvolumeclaim\/models|serviceaccount\/default|configmap\/kube-root-ca.crt)$/;
  return names.filter((name) => !ours.test(name));
}

/** Controllers take their time. */
async function eventually(holds: () => Promise<void>): Promise<void> {
  for (const untilMs = performance.now() + patienceMs; ; await sleep(250)) {
    try {
      return await holds();
    } catch (error) {
      if (performance.now() > untilMs) throw error;
    }
  }
}

interface Named {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
}

interface Pod extends Named {
  readonly spec: { readonly nodeName?: string; readonly containers: readonly Container[] };
  readonly status: {
    readonly phase: string;
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
  };
}

interface Container {
  readonly image: string;
  readonly ports: readonly { readonly name: string }[];
}

interface Service extends Named {
  readonly spec: { readonly ports: readonly { readonly name: string }[] };
}

interface Slice extends Named {
  readonly ports: readonly { readonly name: string }[];
  readonly endpoints: readonly { readonly hostname?: string; readonly conditions: { readonly ready: boolean } }[];
}

interface StatefulSet extends Named {
  readonly spec: { readonly serviceName: string; readonly replicas: number };
}

interface Claim extends Named {
  readonly status: { readonly phase: string };
}

interface Quota extends Named {
  readonly status: { readonly used: Readonly<Record<string, string>> };
}

interface Budget extends Named {
  readonly status: { readonly disruptionsAllowed: number };
}

interface Scaler extends Named {
  readonly spec: {
    readonly minReplicaCount: number;
    readonly scaleTargetRef: { readonly kind: string; readonly name: string };
  };
}

interface JobEvent {
  readonly reason: string;
  readonly involvedObject: { readonly name: string };
}
