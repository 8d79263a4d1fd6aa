// A cluster of this machine for the chart: the real API server with its admission, controllers and scheduler on a real etcd. Only the
// nodes are names: nothing runs on them, kwok says that pods are ready and that Jobs ended well.
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endingWithUs, freePort, hasCommand, startProgram, type Program } from '../../../test/servers/program.ts';
import { definitionFiles } from '../definitions.ts';
import { helmPrograms } from '../helm.ts';
import type { Said } from '../said.ts';
import { kubernetesPrograms } from './programs.ts';

const zones = ['a', 'b', 'c'];
const token = 'of-this-test';
const outputBytesMax = 64 * 1024 * 1024;

export interface Cluster {
  helm(...args: readonly string[]): Promise<Said>;
  /** @throws Error with what it said, when it fails. */
  kubectl(...args: readonly string[]): Promise<string>;
  /** Creates or changes objects, which are given as data. @throws Error when one of them is refused. */
  apply(...objects: readonly object[]): Promise<string>;
  /** As `apply`, but nothing is changed. @throws Error also when the server only warns. */
  tryOut(namespace: string, objects: readonly object[]): Promise<string>;
  stop(): Promise<void>;
}

/** With nodes in three zones, disks for all who ask, and the definitions of others' objects. */
export async function startCluster(say: (line: string) => void): Promise<Cluster> {
  if (!hasCommand('etcd')) throw new Error('The cluster needs etcd (Debian: apt-get install etcd-server).');
  if (!hasCommand('go')) throw new Error('The cluster is built with Go 1.25 or newer.');
  const programs = await kubernetesPrograms(say);
  const { helm, kubectl } = await helmPrograms();
  const folder = mkdtempSync(join(tmpdir(), 'freshet-cluster-'));
  const running: Program[] = [];
  /** Nothing is lost: what they wrote goes as well. */
  const stop = async () => {
    await Promise.all(running.map((each) => each.kill()));
    rmSync(folder, { recursive: true, force: true });
    process.off('exit', stopAtOnce);
  };
  const stopAtOnce = () => {
    for (const each of running) void each.kill(); // the signal is sent at once
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  process.once('exit', stopAtOnce);
  const kubeconfig = join(folder, 'kubeconfig');
  const env = {
    KUBECONFIG: kubeconfig,
    KUBECACHEDIR: join(folder, 'kubectl'),
    HELM_CACHE_HOME: join(folder, 'helm'),
    HELM_CONFIG_HOME: join(folder, 'helm'),
    HELM_DATA_HOME: join(folder, 'helm'),
  };
  const tryKubectl = (...args: readonly string[]) => said(kubectl, args, env);
  const certain = async (...args: readonly string[]) => outputOf(args, await tryKubectl(...args));
  let files = 0;
  const fileOf = (objects: readonly object[]) => {
    const file = join(folder, `objects-${(files += 1)}.json`);
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    return file;
  };
  const apply = (...objects: readonly object[]) => certain('apply', '--server-side', '-f', fileOf(objects));
  const tryOut = (namespace: string, objects: readonly object[]) =>
    certain('apply', '--server-side', '--dry-run=server', '--warnings-as-errors', '-n', namespace, '-f', fileOf(objects)); // prettier-ignore
  try {
    await startServers(folder, kubeconfig, programs.kubernetes, running);
    // As one file: they are known together.
    const definitions = join(folder, 'definitions.yaml');
    writeFileSync(definitions, (await definitionFiles()).map((file) => readFileSync(file, 'utf8')).join('\n---\n'));
    await certain('apply', '--server-side', '-f', definitions);
    await apply(...definitionsOfGoogle(), storageClass, ...zones.map(node));
    await certain('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s');
    running.push(await startKwok(programs.kwok, kubeconfig, programs.stages));
    await certain('wait', '--for=condition=Ready', 'node', '--all', '--timeout=60s');
  } catch (error) {
    await stop();
    throw error;
  }
  return { helm: (...args) => said(helm, args, env), kubectl: certain, apply, tryOut, stop };
}

async function startServers(folder: string, kubeconfig: string, kubernetes: string, running: Program[]): Promise<void> {
  const start = async (command: string, args: readonly string[], health: string) =>
    void running.push(await startProgram({ command, args, cwd: folder, isReady: () => isHealthy(health) }));
  const key = join(folder, 'accounts.key');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(folder, 'tokens.csv'), `${token},admin,1,system:masters\n`);

  const [etcd, peers] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  const etcdOptions = {
    'data-dir': 'etcd',
    'listen-client-urls': etcd,
    'advertise-client-urls': etcd,
    'listen-peer-urls': peers,
    'initial-advertise-peer-urls': peers,
    'initial-cluster': `default=${peers}`,
  };
  await start('etcd', [...flags(etcdOptions), '--unsafe-no-fsync'], `${etcd}/health`);

  const serving = (port: number) => ({ 'bind-address': '127.0.0.1', 'secure-port': port, 'cert-dir': 'certificates' });
  const port = await freePort();
  const api = `https://127.0.0.1:${port}`;
  const apiOptions = {
    ...serving(port),
    'etcd-servers': etcd,
    'advertise-address': '127.0.0.1',
    'endpoint-reconciler-type': 'none',
    'service-cluster-ip-range': '10.99.0.0/24',
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': key,
    'service-account-signing-key-file': key,
    'token-auth-file': 'tokens.csv',
    'authorization-mode': 'RBAC',
    // Debian's etcd (3.4) can't do what it needs, and the server then ends each watch that kwok begins.
    'feature-gates': 'WatchList=false',
  };
  await start(kubernetes, ['apiserver', ...flags(apiOptions)], `${api}/readyz`);

  writeFileSync(kubeconfig, JSON.stringify(accessTo(api)));
  for (const [program, options] of [
    ['controller-manager', { 'service-account-private-key-file': key }],
    ['scheduler', {}],
  ] as const) {
    const own = await freePort();
    const all = { ...serving(own), ...options, kubeconfig, 'leader-elect': false };
    await start(kubernetes, [program, ...flags(all)], `https://127.0.0.1:${own}/healthz`);
  }
}

async function startKwok(kwok: string, kubeconfig: string, stages: string): Promise<Program> {
  const address = `127.0.0.1:${await freePort()}`;
  const options = {
    kubeconfig,
    config: stages,
    'manage-all-nodes': true,
    'node-ip': '127.0.0.1',
    'server-address': address,
  };
  return startProgram({
    command: kwok,
    args: flags(options),
    isReady: () => isHealthy(`http://${address}/healthz`),
  });
}

function flags(options: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(options).map(([name, value]) => `--${name}=${value}`);
}

/** Their certificates are made by themselves, a moment ago. */
async function isHealthy(url: string): Promise<boolean> {
  return (await said('curl', ['-skf', url], {})).status === 0;
}

function accessTo(server: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'here', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'admin' } }],
    'current-context': 'here',
  };
}

function node(zone: string): object {
  const capacity = { cpu: '16', memory: '64Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `node-${zone}`,
      labels: { 'kubernetes.io/hostname': `node-${zone}`, 'topology.kubernetes.io/zone': `zone-${zone}` },
    },
    status: { capacity, allocatable: capacity },
  };
}

/** As kwok's stages for disks have it. */
const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'kwok-volume', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'kwok.x-k8s.io/volume',
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'Immediate',
};

/** No registry of packages has those of Google: these take anything, so only names and versions are proved. */
function definitionsOfGoogle(): object[] {
  return [
    ['PodMonitoring', 'podmonitorings'],
    ['Rules', 'rules'],
  ].map(([kind, plural]) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.monitoring.googleapis.com` },
    spec: {
      group: 'monitoring.googleapis.com',
      scope: 'Namespaced',
      names: { kind, plural },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  }));
}

/** Not `spawnSync`: servers that nobody listens to stand still once their pipes are full. */
function said(command: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Said> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: outputBytesMax };
    const child = execFile(...endingWithUs(command, args), options, (_, output, errors) =>
      resolve({ status: child.exitCode, output, errors }),
    );
  });
}

function outputOf(args: readonly string[], { status, output, errors }: Said): string {
  if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${errors}${output}`);
  return output;
}
