// What Terraform's files are held against.
import { join } from 'node:path';
import { kept } from '../../test/servers/kept.ts';
import { run } from '../../test/servers/run.ts';

const hclfmt = 'github.com/hashicorp/hcl/v2/cmd/hclfmt@v2.17.0';
const provider = { name: '@cdktf/provider-google', version: '16.12.1' };

/** The file as hclfmt writes it. */
export async function formattedTerraform(file: string): Promise<string> {
  const folder = await kept('hclfmt-2.17.0', async (into) => {
    run('env', [`GOBIN=${into}`, 'GOFLAGS=-mod=mod', 'go', 'install', hclfmt]);
  });
  return run(join(folder, 'hclfmt'), [file]);
}

/**
 * The folder with types of the google provider's resources, one folder for each, which CDK for Terraform made of its schema: that of
 * version 6.50.
 */
export function terraformProvider(): Promise<string> {
  return kept(`cdktf-provider-google-${provider.version}`, async (into) => {
    run('npm', ['pack', '--silent', '--pack-destination', into, `${provider.name}@${provider.version}`]);
    const unpack = "tar xzf *.tgz --strip-components=2 --wildcards 'package/lib/*.d.ts'";
    run('sh', ['-c', `${unpack} && rm *.tgz`], into);
  });
}
