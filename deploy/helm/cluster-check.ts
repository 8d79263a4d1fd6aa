// `npm run helm:cluster`: each profile of the chart is installed, upgraded, rolled back and taken away on a real API server, whose
// controllers and scheduler do what they would anywhere. No container runs: that Freshet starts with these settings is shown by
// manifests.test.ts and deploy/compose.int.test.ts. Not part of `npm test`: the first run builds Kubernetes.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { startCluster, type Cluster } from '../testing/kubernetes/cluster.ts';
import { chart } from './testing/rendered.ts';
import { profiles } from './testing/profiles.ts';

const patience = '120s';
/** What is left of an installation: the log, and nothing of the chart's own. */
const staying = /^persistentvolumeclaim\/data-freshet-redpanda-\d+$/;
const allKinds = 'all,configmap,secret,serviceaccount,persistentvolumeclaim,networkpolicy,poddisruptionbudget,ingress,role,rolebinding,servicemonitor,prometheusrule,podmonitoring,rules,externalsecret,httproute,scaledobject'; // prettier-ignore
let cluster: Cluster;

before(async () => {
  cluster = await startCluster((line) => process.stderr.write(`${line}\n`));
});
after(() => cluster.stop());

test('the cluster refuses pods that are not restricted', async () => {
  await namespace('strict');
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'root', namespace: 'strict' } };
  const containers = [{ name: 'root', image: 'root', securityContext: { privileged: true } }];
  await assert.rejects(cluster.apply({ ...pod, spec: { containers } }), /violates PodSecurity "restricted:latest"/);
});

for (const [profile, settings] of Object.entries(profiles)) {
  suite(profile, () => {
    const values = [
      '-n',
      profile,
      '-f',
      `${chart}/profiles/${profile}.yaml`,
      ...settings.flatMap((each) => ['--set', each]),
    ];
    const isGoogle = profile.startsWith('google');

    before(() => namespace(profile));

    test('the server accepts what would be installed', async () => {
      await quietly('install', 'freshet', chart, ...values, '--dry-run=server');
    });

    test('it is installed: hooks end well, pods get places and disks, all are ready', async () => {
      await quietly('install', 'freshet', chart, ...values, '--wait', '--wait-for-jobs', `--timeout=${patience}`);
      assert.equal(await jobsThatEnded(profile), 1);
      for (const { metadata, status } of await pods(profile))
        assert.ok(status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True') || status.phase === 'Succeeded', metadata.name); // prettier-ignore
    });

    test('processes of a kind are on nodes of their own', async () => {
      const customers = await pods(profile, 'app.kubernetes.io/component=customers');
      assert.equal(customers.length, 3);
      assert.equal(new Set(customers.map(({ spec }) => spec.nodeName)).size, 3);
    });

    test('one process of each kind may be taken away, not two', async () => {
      const budgets = await listed<Budget>(profile, 'poddisruptionbudget');
      assert.ok(budgets.length >= 4);
      for (const { metadata, status } of budgets) assert.equal(status.disruptionsAllowed, 1, metadata.name);
    });

    test('the gateway has as many pods as its autoscaler has at least', async () => {
      assert.equal((await pods(profile, 'app.kubernetes.io/component=gateway')).length, 2);
    });

    if (settings.some((each) => each.startsWith('training.schedule'))) {
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

    test('taken away, only the log stays', async () => {
      await quietly('uninstall', 'freshet', '-n', profile, '--wait', `--timeout=${patience}`);
      const left = await eventually(
        async () => {
          const names = await namesLeft(profile);
          return names.every((name) => staying.test(name)) ? names : undefined;
        },
        async () => `left: ${(await namesLeft(profile)).join(', ')}`,
      );
      assert.equal(left.length, isGoogle ? 0 : 3);
    });
  });
}

/** As README.md of the chart has it made. */
async function namespace(name: string): Promise<void> {
  const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: restricted } });
  await cluster.kubectl('-n', name, 'create', 'secret', 'generic', 'freshet', '--from-literal=api-keys=a:admin,b:read', '--from-literal=prometheus-key=b'); // prettier-ignore
  const spec = { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } } };
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'models', namespace: name },
    spec,
  });
}

/** Helm hands on what the server warns of. */
async function quietly(...args: readonly string[]): Promise<void> {
  const { status, output, errors } = await cluster.helm(...args);
  assert.equal(status, 0, errors + output);
  assert.doesNotMatch(errors, /warning/i);
}

/** They are gone by then; the events say that they were there. */
async function jobsThatEnded(of: string): Promise<number> {
  const events = await listed<JobEvent>(of, 'event');
  return events.filter(
    ({ reason, involvedObject }) => reason === 'Completed' && involvedObject.name === 'freshet-prepare',
  ).length;
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

async function eventually<T>(ask: () => Promise<T | undefined>, otherwise: () => Promise<string>): Promise<T> {
  for (const untilMs = performance.now() + 30_000; performance.now() < untilMs;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  return assert.fail(await otherwise());
}

interface Named {
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
}

interface Pod extends Named {
  readonly spec: { readonly nodeName?: string; readonly containers: readonly { readonly image: string }[] };
  readonly status: {
    readonly phase: string;
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
  };
}

interface Budget extends Named {
  readonly status: { readonly disruptionsAllowed: number };
}

interface JobEvent {
  readonly reason: string;
  readonly involvedObject: { readonly name: string };
}
