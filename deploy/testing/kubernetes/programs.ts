// Kubernetes itself, built from its published source: nobody ships its API server as a package. It takes minutes, once for a machine.
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { kept } from '../../../test/servers/kept.ts';

/** Outside of the project, so that a second clone finds it. */
const cacheFolder = join(homedir(), '.cache', 'freshet');
const version = '1.35.4';
const kwokVersion = '0.8.0';

/** Definitions of others' objects, as their makers publish them. */
const definitions = [
  { module: 'sigs.k8s.io/gateway-api', version: 'v1.4.1', files: 'config/crd/standard/*_{httproutes,gateways}.yaml' },
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.85.0',
    files: 'example/prometheus-operator-crd/*_{servicemonitors,prometheusrules}.yaml',
  },
  { module: 'github.com/kedacore/keda/v2', version: 'v2.18.0', files: 'config/crd/bases/keda.sh_scaledobjects.yaml' },
  {
    module: 'github.com/external-secrets/external-secrets',
    version: 'v1.3.2',
    files: 'config/crds/bases/external-secrets.io_{externalsecrets,clustersecretstores}.yaml',
  },
];

export interface KubernetesPrograms {
  /** Takes `apiserver`, `controller-manager` or `scheduler` as its first argument. */
  readonly kubernetes: string;
  /** Says that pods run where nodes are only names. */
  readonly kwok: string;
  /** How it does so. */
  readonly stages: string;
  readonly definitions: readonly string[];
}

/** Built when the machine has none yet, at the lowest priority. @throws Error when Go is missing or too old. */
export async function kubernetesPrograms(say: (line: string) => void): Promise<KubernetesPrograms> {
  const folder = await kept(`kubernetes-${version}-kwok-${kwokVersion}`, build(say), cacheFolder);
  return {
    kubernetes: join(folder, 'kubernetes'),
    kwok: join(folder, 'kwok'),
    stages: join(folder, 'stages.yaml'),
    definitions: globSync(join(folder, 'definitions', '*.yaml')).sort(),
  };
}

function build(say: (line: string) => void): (into: string) => Promise<void> {
  return async (into) => {
    say(`Building Kubernetes ${version} for ${cacheFolder}: 6 to 11 minutes of two cores, once …`);
    const source = join(into, 'source');
    mkdirSync(source);
    writeFileSync(join(source, 'go.mod'), moduleFile(moduleFolder('k8s.io/kubernetes', `v${version}`)));
    copyFileSync(join(moduleFolder('k8s.io/kubernetes', `v${version}`), 'go.sum'), join(source, 'go.sum'));
    copyFileSync(join(import.meta.dirname, 'main.go'), join(source, 'main.go'));
    go(['build', '-trimpath', '-ldflags=-s -w', '-o', join(into, 'kubernetes'), '.'], source);
    go(['install', `sigs.k8s.io/kwok/cmd/kwok@v${kwokVersion}`], source, { GOBIN: into });
    writeFileSync(join(into, 'stages.yaml'), stages());
    collectDefinitions(join(into, 'definitions'));
  };
}

/** Kubernetes names its own parts by folders beside it, which only its repository has; they are published too. */
function moduleFile(kubernetes: string): string {
  const parts = version.replace(/^1/, 'v0');
  return `${readFileSync(join(kubernetes, 'go.mod'), 'utf8')
    .replace(/^module .*$/m, 'module freshet.example/kubernetes')
    .replace(/=> \.\/staging\/src\/(\S+)/g, `=> $1 ${parts}`)}\nrequire k8s.io/kubernetes v${version}\n`;
}

/** Nodes and pods are there at once, Jobs end well, disks are given. */
function stages(): string {
  const folder = join(moduleFolder('sigs.k8s.io/kwok', `v${kwokVersion}`), 'kustomize/stage');
  const files = ['node/fast', 'node/heartbeat', 'pod/fast', 'volume/fast'].flatMap((each) =>
    globSync(join(folder, each, '{node,pod,pv,pvc}-*.yaml')).sort(),
  );
  return files.map((file) => readFileSync(file, 'utf8')).join('\n---\n');
}

function collectDefinitions(into: string): void {
  mkdirSync(into);
  for (const { module, version: of, files } of definitions) {
    const folder = moduleFolder(module, of);
    for (const file of globSync(files, { cwd: folder }))
      cpSync(join(folder, file), join(into, file.replace(/^.*\//, '')));
  }
}

/** Where Go keeps what was published under a name; fetched when it is not there. */
function moduleFolder(module: string, of: string): string {
  return (JSON.parse(go(['mod', 'download', '-json', `${module}@${of}`], homedir())) as { readonly Dir: string }).Dir;
}

function go(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): string {
  const { status, stdout, stderr, error } = spawnSync('nice', ['-n', '15', 'go', ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'auto', ...env },
  });
  if (status !== 0) throw new Error(`go ${args.join(' ')}: ${error?.message ?? ''}\n${stdout}${stderr}`);
  return stdout;
}
