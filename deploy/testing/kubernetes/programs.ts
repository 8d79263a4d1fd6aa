// Kubernetes itself, built from its published source: nobody ships its API server as a package. It takes minutes, once for a machine.
import { copyFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { kept } from '../../../test/servers/kept.ts';
import { build, moduleFolder } from '../go-modules.ts';

/** Outside of the project, so that a second clone finds it. */
const cacheFolder = join(homedir(), '.cache', 'freshet');
const version = '1.35.4';
const kwokVersion = '0.8.0';

export interface KubernetesPrograms {
  /** Takes `apiserver`, `controller-manager` or `scheduler` as its first argument. */
  readonly kubernetes: string;
  /** Says that pods run where nodes are only names. */
  readonly kwok: string;
  /** How it does so. */
  readonly stages: string;
}

/** Built when the machine has none yet, at the lowest priority. @throws Error when Go is missing or too old. */
export async function kubernetesPrograms(say: (line: string) => void): Promise<KubernetesPrograms> {
  const folder = await kept(`kubernetes-${version}-kwok-${kwokVersion}`, builder(say), cacheFolder);
  return {
    kubernetes: join(folder, 'kubernetes'),
    kwok: join(folder, 'kwok'),
    stages: join(folder, 'stages.yaml'),
  };
}

/** Otherwise it has none, and charts that ask for one are refused. */
const versionFlags = Object.entries({ gitVersion: `v${version}`, gitMajor: '1', gitMinor: version.split('.')[1] })
  .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
  .join(' ');

function builder(say: (line: string) => void): (into: string) => Promise<void> {
  return async (into) => {
    say(`Building Kubernetes ${version} for ${cacheFolder}: 6 to 11 minutes of two cores, once …`);
    const source = join(into, 'source');
    mkdirSync(source);
    writeFileSync(join(source, 'go.mod'), moduleFile(moduleFolder('k8s.io/kubernetes', `v${version}`)));
    copyFileSync(join(moduleFolder('k8s.io/kubernetes', `v${version}`), 'go.sum'), join(source, 'go.sum'));
    copyFileSync(join(import.meta.dirname, 'main.go'), join(source, 'main.go'));
    await build(['build', '-trimpath', `-ldflags=-s -w ${versionFlags}`, '-o', join(into, 'kubernetes'), '.'], source);
    await build(['install', '-trimpath', `sigs.k8s.io/kwok/cmd/kwok@v${kwokVersion}`], source, { GOBIN: into });
    writeFileSync(join(into, 'stages.yaml'), stages());
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
