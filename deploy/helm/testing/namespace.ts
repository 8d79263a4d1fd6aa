// A namespace of a cluster for one installation of the chart: made as the chart's README has it, and asked what is in it.
import assert from 'node:assert/strict';
import type { Cluster } from '../../testing/kubernetes/cluster.ts';
import type { JobEvent, Named, Pod, Scaler } from './cluster-objects.ts';
import { mayReach, type Caller, type Labels, type Policy } from './reach.ts';

const allKinds = 'all,configmap,secret,serviceaccount,persistentvolumeclaim,networkpolicy,poddisruptionbudget,ingress,role,rolebinding,servicemonitor,prometheusrule,podmonitoring,rules,externalsecret,httproute,scaledobject'; // prettier-ignore
/** What the check makes itself, and Kubernetes in each namespace. */
const notOfTheChart =
  /^(secret\/freshet|persistentvolumeclaim\/models|serviceaccount\/default|configmap\/kube-root-ca.crt)$/;

export class Namespace {
  readonly name: string;
  readonly #cluster: Cluster;

  constructor(cluster: Cluster, name: string) {
    this.#cluster = cluster;
    this.name = name;
  }

  /** With the level `restricted`, and the chart's secret. */
  async make(): Promise<void> {
    const labels = {
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
    };
    await this.#cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.name, labels } });
    await this.kubectl('create', 'secret', 'generic', 'freshet', '--from-literal=api-keys=a:admin,b:read', '--from-literal=prometheus-key=b'); // prettier-ignore
  }

  /** Under a quota, pods that don't say what they need are refused. */
  async limit(): Promise<void> {
    const hard = { 'requests.cpu': 20, 'requests.memory': '40Gi', 'limits.memory': '60Gi', 'requests.storage': '300Gi' }; // prettier-ignore
    await this.#apply('ResourceQuota', 'all', { hard });
  }

  async makeClaimOfModels(): Promise<void> {
    const spec = { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } } };
    await this.#apply('PersistentVolumeClaim', 'models', spec);
  }

  kubectl(...args: readonly string[]): Promise<string> {
    return this.#cluster.kubectl('-n', this.name, ...args);
  }

  helm(...args: readonly string[]): ReturnType<Cluster['helm']> {
    return this.#cluster.helm(...args, '-n', this.name);
  }

  /** Helm hands on what the server warns of. */
  async quietHelm(...args: readonly string[]): Promise<void> {
    const { status, output, errors } = await this.helm(...args);
    assert.equal(status, 0, errors + output);
    assert.doesNotMatch(errors, /warn/i);
  }

  async listed<T>(kind: string, ...more: readonly string[]): Promise<T[]> {
    const { items } = JSON.parse(await this.kubectl('get', kind, ...more, '-o', 'json')) as { items: T[] };
    return items;
  }

  /** Without those of Jobs. */
  async pods(label = 'app.kubernetes.io/instance=freshet'): Promise<Pod[]> {
    const all = await this.listed<Pod>('pod', '-l', label);
    return all.filter(
      ({ metadata }) => metadata.labels['job-name'] === undefined && metadata.deletionTimestamp === undefined,
    );
  }

  podsOf(component: string): Promise<Pod[]> {
    return this.pods(`app.kubernetes.io/component=${component}`);
  }

  /** Of our image. */
  async versions(): Promise<string[]> {
    const images = (await this.pods()).flatMap(({ spec }) => spec.containers).map(({ image }) => image);
    const ours = images.filter((image) => image.startsWith('freshet:')).map((image) => image.replace('freshet:', ''));
    assert.ok(ours.length >= 9, images.join(' '));
    return [...new Set(ours)];
  }

  async labels(): Promise<Labels> {
    const { metadata } = JSON.parse(await this.#cluster.kubectl('get', 'namespace', this.name, '-o', 'json')) as Named;
    return metadata.labels;
  }

  /** They are gone by then; the events say that they were there. */
  async jobsThatEnded(): Promise<number> {
    const events = await this.listed<JobEvent>('event');
    return events.filter(
      ({ reason, involvedObject }) => reason === 'Completed' && involvedObject.name.startsWith('freshet-prepare'),
    ).length;
  }

  /** `<name>/<component>:<port>` of all pods, each once. */
  async reachable(caller: Caller): Promise<string[]> {
    const policies = await this.listed<Policy & Named>('networkpolicy');
    const targets = (await this.pods()).flatMap(({ metadata: { labels }, spec }) =>
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

  /** What KEDA would do, which is not there: it finds what it is to scale, and brings it to the least. */
  async scaleAsKedaWould(patience: string): Promise<void> {
    for (const { spec } of await this.listed<Scaler>('scaledobject')) {
      const { kind, name } = spec.scaleTargetRef;
      await this.kubectl('scale', `${kind}/${name}`, `--replicas=${spec.minReplicaCount}`);
      await this.kubectl('rollout', 'status', `${kind}/${name}`, `--timeout=${patience}`);
    }
  }

  /** Of the chart's. */
  async namesLeft(): Promise<string[]> {
    const names = (await this.kubectl('get', allKinds, '-o', 'name')).trim().split('\n');
    return names.filter((name) => !notOfTheChart.test(name));
  }

  async #apply(kind: string, name: string, spec: object): Promise<void> {
    await this.#cluster.apply({ apiVersion: 'v1', kind, metadata: { name, namespace: this.name }, spec });
  }
}
