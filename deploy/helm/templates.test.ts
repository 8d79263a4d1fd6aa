// What the chart promises of each kind of object, one value at a time: order, places, limits of scaling, hooks, who may reach whom.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, suite, test } from 'node:test';
import { run } from '../../test/servers/run.ts';
import { helm } from '../testing/helm.ts';
import { profiles } from './testing/profiles.ts';
import { mayReach, type Labels, type Policy } from './testing/reach.ts';
import { at, chart, only, rendered, renderedAs, type Rendered } from './testing/rendered.ts';

const set = (...settings: readonly string[]) => settings.flatMap((each) => ['--set', each]);
const kinds = (objects: readonly Rendered[], kind: string) => objects.filter((each) => each.kind === kind);
const names = (objects: readonly Rendered[]) => objects.map(({ metadata }) => metadata.name).sort();
const profile = (name: string) => ['-f', `${chart}/profiles/${name}.yaml`, ...set(...(profiles[name] ?? []))];
const google = set('kafka.kind=google', 'kafka.brokers=b.example:9092');
const stages = ['freshet-customers', 'freshet-others', 'freshet-serve'];
const template = 'spec.template.spec';

suite('as values.yaml has it', () => {
  let objects: Rendered[] = [];
  before(async () => void (objects = await rendered()));

  test('stages are started, stopped and updated one after the other, brokers all at once', () => {
    for (const name of stages) {
      const stage = only(objects, 'StatefulSet', name);
      assert.equal(at(stage, 'spec.podManagementPolicy'), 'OrderedReady');
      assert.deepEqual(at(stage, 'spec.updateStrategy'), { type: 'RollingUpdate' });
    }
    assert.equal(at(only(objects, 'StatefulSet', 'freshet-redpanda'), 'spec.podManagementPolicy'), 'Parallel');
  });

  test('a stage that is scaled down keeps its disk, one that is deleted does not; the log’s disks stay', () => {
    const policy = 'spec.persistentVolumeClaimRetentionPolicy';
    for (const name of stages)
      assert.deepEqual(at(only(objects, 'StatefulSet', name), policy), { whenDeleted: 'Delete', whenScaled: 'Retain' });
    assert.equal(at(only(objects, 'StatefulSet', 'freshet-redpanda'), policy), undefined);
  });

  test('a process has longer to end than requests, commits and preStop may take', async () => {
    const seconds = `${template}.terminationGracePeriodSeconds`;
    assert.equal(at(only(objects, 'StatefulSet', 'freshet-customers'), seconds), 35);
    const longer = await rendered(...set('shutdownGraceSeconds=60'));
    for (const name of stages) assert.equal(at(only(longer, 'StatefulSet', name), seconds), 85);
    assert.equal(at(only(longer, 'Deployment'), seconds), 85);
    assert.equal(settingsOf(only(longer, 'Deployment')).get('SHUTDOWN_GRACE_MS'), '60000');
  });

  test('processes of a kind are kept apart, by node and by zone', () => {
    for (const name of [...stages, 'freshet-gateway', 'freshet-redpanda']) {
      const owner = objects.find(({ kind, metadata }) => /Set|Deployment/.test(kind) && metadata.name === name);
      const term = `${template}.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution.0.podAffinityTerm`;
      const spread = `${template}.topologySpreadConstraints.0`;
      assert.equal(at(owner, `${term}.topologyKey`), 'kubernetes.io/hostname', name);
      assert.equal(at(owner, `${spread}.topologyKey`), 'topology.kubernetes.io/zone', name);
      for (const path of [term, spread])
        assert.deepEqual(at(owner, `${path}.labelSelector`), at(owner, 'spec.selector'), `${name} ${path}`);
    }
  });

  test('of each kind one process at a time may be taken away', () => {
    const budgets = kinds(objects, 'PodDisruptionBudget');
    assert.deepEqual(names(budgets), [...stages, 'freshet-gateway', 'freshet-redpanda'].sort());
    for (const budget of budgets) assert.equal(at(budget, 'spec.maxUnavailable'), 1);
  });

  test('the gateway is scaled by its processors, and only then the chart does not say how many there are', async () => {
    const scaler = only(objects, 'HorizontalPodAutoscaler');
    assert.deepEqual(at(scaler, 'spec.scaleTargetRef'), {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'freshet-gateway',
    });
    assert.deepEqual([at(scaler, 'spec.minReplicas'), at(scaler, 'spec.maxReplicas')], [2, 10]);
    assert.equal(at(scaler, 'spec.metrics.0.resource.target.averageUtilization'), 60);
    assert.equal(at(only(objects, 'Deployment'), 'spec.replicas'), undefined);
    const fixed = await rendered(...set('gateway.autoscaling.enabled=false', 'gateway.replicas=4'));
    assert.equal(kinds(fixed, 'HorizontalPodAutoscaler').length, 0);
    assert.equal(at(only(fixed, 'Deployment'), 'spec.replicas'), 4);
  });

  test('a new gateway is there before an old one goes, and an old one ends after others have stopped asking it', () => {
    const gateway = only(objects, 'Deployment');
    assert.deepEqual(at(gateway, 'spec.strategy.rollingUpdate'), { maxUnavailable: 0, maxSurge: 1 });
    assert.equal(at(gateway, `${template}.containers.0.lifecycle.preStop.sleep.seconds`), 5);
  });

  test('rpk takes --set and what is set as two words', () => {
    const args = at(only(objects, 'StatefulSet', 'freshet-redpanda'), `${template}.containers.0.args`) as string[];
    const settings = args.filter((_, place) => args[place - 1] === '--set').map((setting) => setting.split('=')[0]);
    const names = ['empty_seed_starts_cluster', 'auto_create_topics_enabled', 'default_topic_replications'];
    assert.deepEqual(settings, names.map((name) => `redpanda.${name}`)); // prettier-ignore
    assert.ok(!args.some((word) => word.startsWith('--set=')));
  });

  test('who may reach whom', () => {
    const policies = new Map(kinds(objects, 'NetworkPolicy').map((each) => [each.metadata.name, each]));
    const ours = { 'app.kubernetes.io/name': 'freshet', 'app.kubernetes.io/instance': 'freshet' };
    const from = (name: string, rule = 0) => at(policies.get(name), `spec.ingress.${rule}.from.0`);
    assert.deepEqual([...policies.keys()].sort(), ['freshet', 'freshet-gateway', 'freshet-redis', 'freshet-redpanda']);
    assert.deepEqual(from('freshet'), { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }); // prettier-ignore
    assert.equal(from('freshet-gateway'), undefined);
    for (const name of ['freshet-redis', 'freshet-redpanda'])
      assert.deepEqual(from(name), { podSelector: { matchLabels: ours } });
    assert.equal(at(from('freshet-redpanda', 1), 'podSelector.matchLabels')?.constructor, Object);
    for (const policy of policies.values()) assert.deepEqual(at(policy, 'spec.policyTypes'), ['Ingress']);
  });

  test('nothing of operators or Google is asked for', () => {
    const apis = new Set(objects.map((each) => (at(each, 'apiVersion') as string).replace(/\/.*$/, '')));
    assert.deepEqual([...apis].sort(), ['apps', 'autoscaling', 'batch', 'networking.k8s.io', 'policy', 'v1']);
  });
});

suite('scaling of stages', () => {
  const scaled = (...more: readonly string[]) =>
    rendered(...set('stages.customers.autoscaling.enabled=true', ...more)).then((objects) => ({
      scaler: only(objects, 'ScaledObject'),
      stage: only(objects, 'StatefulSet', 'freshet-customers'),
    }));

  test('by lag of its own roles and release, and the chart does not say how many there are', async () => {
    const { scaler, stage } = await scaled();
    assert.deepEqual(at(scaler, 'spec.scaleTargetRef'), { kind: 'StatefulSet', name: 'freshet-customers' });
    assert.equal(
      at(scaler, 'spec.triggers.0.metadata.query'),
      'sum(freshet_consumer_lag_records{namespace="shop", stage=~"customers"})',
    );
    assert.equal(at(scaler, 'spec.triggers.0.metadata.threshold'), '5000');
    assert.equal(at(stage, 'spec.replicas'), undefined);
  });

  test('never to more processes than there are partitions', async () => {
    for (const [partitions, most, expected] of [
      [12, 12, 12],
      [6, 12, 6],
      [48, 20, 20],
    ] as const) {
      // prettier-ignore
      const { scaler } = await scaled(`partitions=${partitions}`, `stages.customers.autoscaling.maxReplicas=${most}`);
      assert.equal(at(scaler, 'spec.maxReplicaCount'), expected);
      assert.equal(at(scaler, 'spec.minReplicaCount'), 3);
    }
  });

  test('slowly, as each change moves tasks', async () => {
    const { scaler } = await scaled();
    const down = at(scaler, 'spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown');
    assert.deepEqual(down, { stabilizationWindowSeconds: 600, policies: [{ type: 'Pods', value: 1, periodSeconds: 300 }] }); // prettier-ignore
  });
});

suite('the Job that makes topics and registers schemas', () => {
  const prepare = async (...args: readonly string[]) => {
    const objects = (await rendered(...args, '-s', 'templates/prepare.yaml')).filter(({ metadata }) => metadata.name.startsWith('freshet-prepare')); // prettier-ignore
    return { account: only(objects, 'ServiceAccount'), job: only(objects, 'Job') };
  };
  const annotation = (object: Rendered, name: string) =>
    (at(object, 'metadata.annotations') as Readonly<Record<string, string>> | undefined)?.[name];

  test('topics first, then schemas, and neither needs keys of the API', async () => {
    const { job } = await prepare(...google);
    assert.deepEqual(at(job, `${template}.initContainers.0.args`), ['topics', 'apply']);
    assert.deepEqual(at(job, `${template}.containers.0.args`), ['schemas', 'apply']);
    assert.equal(at(job, `${template}.volumes.1.secret.optional`), true);
  });

  test('a hook before installation and upgrade, with an account that is there before it, and both go afterwards', async () => {
    const { account, job } = await prepare(...google);
    for (const each of [account, job]) {
      assert.equal(annotation(each, 'helm.sh/hook'), 'pre-install,pre-upgrade');
      assert.equal(annotation(each, 'helm.sh/hook-delete-policy'), 'before-hook-creation,hook-succeeded');
    }
    assert.equal(annotation(account, 'helm.sh/hook-weight'), '-5');
    assert.equal(annotation(job, 'helm.sh/hook-weight'), undefined);
  });

  test('it asks the secret for nothing where it runs before the chart has one copied', async () => {
    const copied = set(
      'secret.external.enabled=true',
      'tracing.endpoint=http://collector:4318',
      'tracing.headers=true',
    );
    for (const name of Object.keys(profiles)) {
      const { job } = await prepare(...profile(name), ...copied);
      if (annotation(job, 'helm.sh/hook') === undefined) continue;
      for (const containers of ['initContainers', 'containers'])
        assert.doesNotMatch(
          JSON.stringify(at(job, `${template}.${containers}.0.env`)),
          /\/secrets\/|secretKeyRef/,
          name,
        );
    }
  });

  test('beside the processes when the brokers come with the chart, a hook from the first upgrade on', async () => {
    const [first, later] = [await prepare(), await prepare('--is-upgrade')];
    assert.equal(annotation(first.job, 'helm.sh/hook'), undefined);
    assert.equal(annotation(later.job, 'helm.sh/hook'), 'pre-upgrade');
    // What is left of an upgrade that failed is not in the way of a rollback to the first one.
    for (const object of [first.job, first.account]) assert.equal(object.metadata.name, 'freshet-prepare-first');
    for (const object of [later.job, later.account]) assert.equal(object.metadata.name, 'freshet-prepare');
  });

  test('beside the processes, too, when it logs in with a secret that the chart has copied', async () => {
    const login = set('kafka.kind=external', 'kafka.brokers=b.example:9092', 'kafka.sasl=scram-sha-512');
    const copied = set('secret.external.enabled=true');
    const hooks = [await prepare(...login), await prepare(...login, ...copied), await prepare(...google, ...copied)];
    assert.deepEqual(
      hooks.map(({ job }) => annotation(job, 'helm.sh/hook')),
      ['pre-install,pre-upgrade', undefined, 'pre-install,pre-upgrade'],
    );
  });

  test('it is who the processes are, for Workload Identity', async () => {
    const identity = set('serviceAccount.annotations.iam\\.gke\\.io/gcp-service-account=freshet@example');
    const { account } = await prepare(...google, ...identity);
    const own = only(await rendered(...google, ...identity, '-s', 'templates/identity.yaml'), 'ServiceAccount');
    for (const each of [account, own])
      assert.equal(annotation(each, 'iam.gke.io/gcp-service-account'), 'freshet@example');
  });
});

suite('who scrapes metrics', () => {
  const processes = [...stages, 'freshet-gateway'];
  const labelsOf = (objects: readonly Rendered[], name: string) => {
    const owner = objects.find(({ kind, metadata }) => /Set|Deployment/.test(kind) && metadata.name === name);
    return at(owner, 'spec.template.metadata.labels') as Labels;
  };
  const isMeant = (labels: Labels, selector: unknown) =>
    Object.entries(selector as Labels).every(([name, value]) => labels[name] === value);
  const secret = { name: 'freshet', key: 'prometheus-key' };

  test('the Prometheus operator finds the one service that has all processes', async () => {
    const objects = await rendered(...set('monitoring.kind=operator', 'monitoring.labels.release=prometheus'));
    const monitor = only(objects, 'ServiceMonitor');
    const services = kinds(objects, 'Service').filter((each) =>
      isMeant(at(each, 'metadata.labels') as Labels, at(monitor, 'spec.selector.matchLabels')),
    );
    assert.deepEqual(names(services), ['freshet-pods']);
    for (const name of processes) assert.ok(isMeant(labelsOf(objects, name), at(services[0], 'spec.selector')), name);
    assert.equal(at(monitor, 'spec.endpoints.0.port'), at(services[0], 'spec.ports.0.name'));
    assert.deepEqual(at(monitor, 'spec.endpoints.0.authorization.credentials'), secret);
    assert.deepEqual(at(monitor, 'spec.endpoints.0.relabelings'), [{ targetLabel: 'job', replacement: 'freshet' }]);
    for (const each of [monitor, only(objects, 'PrometheusRule')])
      assert.equal(at(each, 'metadata.labels.release'), 'prometheus');
  });

  test('Google’s collectors find all processes, reach them and may read the key, wherever Google runs them', async () => {
    const objects = await rendered(...profile('google-redis'));
    const monitoring = only(objects, 'PodMonitoring');
    // The job's name, by which the rules ask.
    assert.equal(monitoring.metadata.name, 'freshet');
    assert.deepEqual(at(monitoring, 'spec.endpoints.0.authorization.credentials.secret'), secret);
    assert.deepEqual(at(only(objects, 'Role'), 'rules.0.resourceNames'), [secret.name]);
    const collectors = at(only(objects, 'RoleBinding'), 'subjects') as readonly { readonly namespace: string }[];
    assert.deepEqual(
      collectors.map(({ namespace }) => namespace),
      ['gmp-system', 'gke-gmp-system'],
    );
    const policies = kinds(objects, 'NetworkPolicy') as (Rendered & Policy)[];
    for (const name of processes) {
      const labels = labelsOf(objects, name);
      assert.ok(isMeant(labels, at(monitoring, 'spec.selector.matchLabels')), name);
      for (const { namespace } of collectors) {
        const caller = { labels: {}, namespace: { 'kubernetes.io/metadata.name': namespace } };
        assert.ok(mayReach(policies, caller, { labels, port: 'http' }), `${namespace} ${name}`);
      }
      const stranger = { labels: {}, namespace: { 'kubernetes.io/metadata.name': 'default' } };
      assert.equal(mayReach(policies, stranger, { labels, port: 'http' }), name === 'freshet-gateway', name);
    }
  });
});

suite('what is only there when asked for', () => {
  test('training: when cron says, never twice at once, and stages read what it wrote', async () => {
    const objects = await rendered(...set('training.schedule=0 3 * * *', 'models.claim=models'));
    const job = only(objects, 'CronJob');
    assert.deepEqual([at(job, 'spec.schedule'), at(job, 'spec.concurrencyPolicy')], ['0 3 * * *', 'Forbid']);
    const pod = at(job, 'spec.jobTemplate.spec.template.spec');
    assert.deepEqual(at(pod, 'containers.0.args'), ['train', 'recommend']);
    assert.deepEqual(mountOf(pod, 'models'), { name: 'models', mountPath: '/models' });
    for (const name of stages) {
      const stage = at(only(objects, 'StatefulSet', name), template);
      assert.deepEqual(mountOf(stage, 'models'), { name: 'models', mountPath: '/models', readOnly: true });
    }
  });

  test('an Ingress, with the certificate and class that were named', async () => {
    const objects = await rendered(...set('exposure.kind=ingress', 'exposure.host=shop.example', 'exposure.tlsSecret=cert', 'exposure.ingressClass=nginx')); // prettier-ignore
    const ingress = only(objects, 'Ingress');
    assert.deepEqual(at(ingress, 'spec.tls'), [{ hosts: ['shop.example'], secretName: 'cert' }]);
    assert.equal(at(ingress, 'spec.ingressClassName'), 'nginx');
    assert.deepEqual(at(ingress, 'spec.rules.0.http.paths.0.backend.service'), { name: 'freshet-gateway', port: { name: 'http' } }); // prettier-ignore
  });

  test('a route of the Gateway API', async () => {
    const route = only(await rendered(...set('exposure.kind=gateway', 'exposure.host=shop.example', 'exposure.gateway.name=outside', 'exposure.gateway.namespace=gateways')), 'HTTPRoute'); // prettier-ignore
    assert.deepEqual(at(route, 'spec.parentRefs'), [{ name: 'outside', namespace: 'gateways' }]);
    assert.deepEqual(at(route, 'spec.rules.0.backendRefs'), [{ name: 'freshet-gateway', port: 80 }]);
  });

  test('secrets from outside, each entry by its name there', async () => {
    const secret = only(await rendered(...set('secret.external.enabled=true')), 'ExternalSecret');
    assert.equal(at(secret, 'spec.target.name'), 'freshet');
    assert.deepEqual(at(secret, 'spec.data.0'), { secretKey: 'api-keys', remoteRef: { key: 'freshet-api-keys' } });
  });

  test('traces, of every process, and what the collector asks for', async () => {
    const traced = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_TRACES_SAMPLER_ARG', 'OTEL_EXPORTER_OTLP_HEADERS_FILE'];
    const endpoint = 'http://collector.monitoring:4318';
    const settings = set(`tracing.endpoint=${endpoint}`, 'tracing.share=0.01', 'tracing.headers=true');
    for (const [args, expected] of [
      [[], [undefined, undefined, undefined]],
      [settings, [endpoint, '0.01', '/secrets/otlp-headers']],
    ] as const) {
      const objects = await rendered(...args);
      const processes = objects.filter(
        ({ kind, metadata }) => kind === 'Deployment' || (stages.includes(metadata.name) && kind === 'StatefulSet'),
      );
      assert.equal(processes.length, 4);
      for (const each of processes) assert.deepEqual(traced.map((name) => settingsOf(each).get(name)), expected); // prettier-ignore
    }
  });

  test('no policies of the network when they are turned off', async () => {
    assert.deepEqual(kinds(await rendered(...set('networkPolicy.enabled=false')), 'NetworkPolicy'), []);
  });

  test('names of another release', async () => {
    const objects = await renderedAs('shop');
    for (const { metadata } of objects) assert.match(metadata.name, /^shop-freshet/);
  });
});

suite('README.md', () => {
  const readme = readFileSync(`${chart}/README.md`, 'utf8');
  const commands = Array.from(
    readme.matchAll(/^ *(helm (?:install|upgrade) (?:.*\\\n)*.*)$/gm),
    ([, command = '']) => command,
  );

  for (const command of commands) {
    test(command.replace(/\s*\\\n[^]*$/, ' …'), async () => {
      const [verb, ...args] = wordsOf(command);
      const isUpgrade = verb === 'upgrade' ? ['--is-upgrade'] : [];
      const { status, errors } = await helm([
        'template',
        ...args.filter((each) => each !== '--reuse-values'),
        ...isUpgrade,
      ]);
      assert.equal(status, 0, errors);
    });
  }

  test('what Terraform is asked for, it tells', () => {
    const asked = Array.from(readme.matchAll(/output -raw (\w+)/g), ([, name]) => name);
    assert.ok(commands.length >= 3 && asked.length >= 4);
    const outputs = readFileSync('deploy/terraform/outputs.tf', 'utf8');
    for (const name of asked) assert.ok(outputs.includes(`output "${name}"`), name);
  });

  /** As a shell hands them to helm, with what Terraform might have said. */
  function wordsOf(command: string): string[] {
    const around = `repository=registry.example/freshet
      terraform() { case "$*" in *brokers) echo b.example:9092 ;; *) echo freshet@example ;; esac; }
      helm() { printf '%s\\n' "$@"; }`;
    return run('sh', ['-euc', `${around}\n${command}`])
      .trimEnd()
      .split('\n');
  }
});

function settingsOf(object: Rendered): Map<string, string> {
  const env = at(object, `${template}.containers.0.env`) as readonly {
    readonly name: string;
    readonly value: string;
  }[];
  return new Map(env.map(({ name, value }) => [name, value]));
}

function mountOf(pod: unknown, name: string): unknown {
  return (at(pod, 'containers.0.volumeMounts') as readonly { readonly name: string }[]).find(
    (each) => each.name === name,
  );
}
