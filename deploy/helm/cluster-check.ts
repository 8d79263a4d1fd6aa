// `npm run helm:cluster`: each profile of the chart is installed, upgraded, rolled back and taken away on a real API server, whose
// controllers and scheduler do what they would anywhere. No container runs: that Freshet starts with these settings is shown by
// manifests.test.ts and deploy/compose.int.test.ts. Not part of `npm test`: the first run builds Kubernetes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster, type Cluster } from '../testing/kubernetes/cluster.ts';
import type { Budget, Claim, Quota, Service, Slice, StatefulSet } from './testing/cluster-objects.ts';
import { Namespace } from './testing/namespace.ts';
import { chart, rendered } from './testing/rendered.ts';
import { profiles } from './testing/profiles.ts';

const patience = '120s';
const patienceMs = 60_000;
/** What is left of an installation: the log, and nothing of the chart's own. */
const staying = /^persistentvolumeclaim\/data-freshet-redpanda-\d+$/;
/** Names of profiles, when not all are wanted. */
const asked = process.argv.slice(2);
let cluster: Cluster;

// Without this, what is started ends with us, but the cluster's folder stays. Each may come twice: npm hands it on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => process.exit(128 + constants.signals[signal]));

before(async () => {
  cluster = await startCluster((line) => process.stderr.write(`${line}\n`));
  for (const name of ['monitoring', 'gmp-system', 'gke-gmp-system'])
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
});
after(() => cluster.stop());

test('the cluster refuses pods that are not restricted', async () => {
  await new Namespace(cluster, 'strict').make();
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
    const values = ['-f', `${chart}/profiles/${profile}.yaml`, ...settings.flatMap((each) => ['--set', each])];
    let there: Namespace;
    const isGoogle = profile.startsWith('google');
    const hasModels = settings.includes('models.claim=models');

    // Nothing else is tried when this fails.
    before(async () => {
      there = new Namespace(cluster, profile);
      await there.make();
      await there.limit();
      if (hasModels) await there.makeClaimOfModels();
      await cluster.tryOut(profile, await rendered(...values));
      await there.quietHelm('install', 'freshet', chart, ...values, '--dry-run=server');
      await there.quietHelm(
        'install',
        'freshet',
        chart,
        ...values,
        '--wait',
        '--wait-for-jobs',
        `--timeout=${patience}`,
      );
      await there.scaleAsKedaWould(patience);
    });

    test('it is installed: hooks end well, pods get places and disks, all are ready', async () => {
      assert.equal(await there.jobsThatEnded(), 1);
      for (const { metadata, status } of await there.pods())
        assert.ok(
          status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
          metadata.name,
        );
      const claims = await there.listed<Claim>('persistentvolumeclaim');
      for (const { metadata, status } of claims) assert.equal(status.phase, 'Bound', metadata.name);
    });

    test('processes of a kind are on nodes of their own', async () => {
      const customers = await there.podsOf('customers');
      assert.equal(customers.length, 3);
      assert.equal(new Set(customers.map(({ spec }) => spec.nodeName)).size, 3);
    });

    test('services find pods and their ports, and each process of a set has a name', async () => {
      const slices = await there.listed<Slice>('endpointslice');
      const endpoints = (service: string) => {
        const found = slices.filter(({ metadata }) => metadata.labels['kubernetes.io/service-name'] === service);
        return found.flatMap((slice) => slice.endpoints.filter(({ conditions }) => conditions.ready));
      };
      for (const { metadata, spec } of await there.listed<Service>('service')) {
        assert.ok(endpoints(metadata.name).length > 0, metadata.name);
        const ports = slices.find(({ metadata: of }) => of.labels['kubernetes.io/service-name'] === metadata.name)?.ports; // prettier-ignore
        assert.deepEqual(ports?.map(({ name }) => name).sort(), spec.ports.map(({ name }) => name).sort());
      }
      for (const { metadata, spec } of await there.listed<StatefulSet>('statefulset')) {
        const names = endpoints(spec.serviceName).map(({ hostname }) => hostname);
        for (let i = 0; i < spec.replicas; i++) assert.ok(names.includes(`${metadata.name}-${i}`), names.join(' '));
      }
    });

    test('strangers reach the gateway, who scrapes metrics the processes, and only they brokers and Redis', async () => {
      const stranger = { labels: {}, namespace: await new Namespace(cluster, 'strict').labels() };
      const scrapers = monitoringNamespaces(profile).map((name) => new Namespace(cluster, name));
      const neighbour = { labels: { app: 'another' } };
      const process = { labels: (await there.podsOf('customers'))[0]?.metadata.labels ?? {} }; // prettier-ignore
      const processes = ['freshet/customers:http', 'freshet/gateway:http', 'freshet/others:http', 'freshet/serve:http'];
      const brokers = isGoogle ? [] : ['freshet-redpanda:kafka', 'freshet-redpanda:registry'];
      const redis = profile.endsWith('-redis') ? ['freshet-redis:redis'] : [];
      assert.deepEqual(await there.reachable(stranger), ['freshet/gateway:http']);
      assert.deepEqual(await there.reachable(neighbour), ['freshet/gateway:http']);
      for (const scraper of scrapers)
        assert.deepEqual(await there.reachable({ labels: {}, namespace: await scraper.labels() }), processes);
      assert.deepEqual(await there.reachable(process), [...redis, ...brokers, 'freshet/gateway:http'].sort());
    });

    test('the gateway has as many pods as its autoscaler has at least', async () => {
      await eventually(async () => {
        assert.equal((await there.podsOf('gateway')).length, 2);
      });
    });

    test('a quota has what README.md says that it takes', async () => {
      const [quotaOfAll] = await there.listed<Quota>('resourcequota');
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
        const budgets = await there.listed<Budget>('poddisruptionbudget');
        assert.ok(budgets.length >= 4);
        for (const { metadata, status } of budgets) assert.equal(status.disruptionsAllowed, 1, metadata.name);
      });
    });

    if (hasModels) {
      test('training runs when its time has come', async () => {
        await there.kubectl('create', 'job', 'now', '--from=cronjob/freshet-training');
        await there.kubectl('wait', '--for=condition=Complete', 'job/now', '--timeout=60s');
        await there.kubectl('delete', 'job', 'now');
      });
    }

    test('an upgrade has topics and schemas first, then replaces every process', async () => {
      const earlier = await there.jobsThatEnded();
      await there.quietHelm(
        'upgrade',
        'freshet',
        chart,
        ...values,
        '--set',
        'image.tag=0.2.0',
        '--wait',
        `--timeout=${patience}`,
      );
      assert.equal(await there.jobsThatEnded(), earlier + 1);
      assert.deepEqual(await there.versions(), ['0.2.0']);
    });

    test('an upgrade whose Job does not end leaves the processes alone', async () => {
      const wrong = ['--set', 'image.tag=0.3.0', '--set', 'nodeSelector.where=nowhere', '--timeout=5s'];
      const { status, errors } = await there.helm('upgrade', 'freshet', chart, ...values, ...wrong);
      assert.notEqual(status, 0);
      assert.match(errors, /pre-upgrade hooks failed/);
      assert.deepEqual(await there.versions(), ['0.2.0']);
    });

    test('a rollback brings the former processes back', async () => {
      await there.quietHelm('rollback', 'freshet', '1', '--wait', `--timeout=${patience}`);
      assert.deepEqual(await there.versions(), ['0.1.0']);
    });

    test('it can be upgraded again, and nothing of the failed upgrade is in the way', async () => {
      await there.quietHelm('upgrade', 'freshet', chart, ...values, '--wait', `--timeout=${patience}`);
      assert.deepEqual(await there.versions(), ['0.1.0']);
    });

    test('disks of another size, as README.md has it', async () => {
      const larger = ['--set', 'stages.others.storage=20Gi', '--wait', `--timeout=${patience}`];
      const { errors } = await there.helm('upgrade', 'freshet', chart, ...values, ...larger);
      assert.match(errors, /updates to statefulset spec .* are forbidden/);
      await there.kubectl('delete', 'statefulset', 'freshet-others', '--cascade=orphan');
      const before = await there.podsOf('others');
      await there.quietHelm('upgrade', 'freshet', chart, ...values, ...larger);
      const after = await there.podsOf('others');
      assert.deepEqual(after.map(({ metadata }) => metadata.uid), before.map(({ metadata }) => metadata.uid)); // prettier-ignore
    });

    test('taken away, only the log stays', async () => {
      await there.quietHelm('uninstall', 'freshet', '--wait', `--timeout=${patience}`);
      await eventually(async () => {
        const left = await there.namesLeft();
        assert.deepEqual(
          left.filter((name) => !staying.test(name)),
          [],
        );
        assert.equal(left.length, isGoogle ? 0 : 3);
      });
    });
  });
}

function monitoringNamespaces(profile: string): string[] {
  return profile === 'redpanda-redis' ? ['monitoring'] : ['gmp-system', 'gke-gmp-system'];
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
