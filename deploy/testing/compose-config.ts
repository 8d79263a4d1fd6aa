// `docker compose config` without an engine: Compose's own reading of its files, built once for a machine.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { kept } from '../../test/servers/kept.ts';
import { build } from './go-modules.ts';
import { said, type Said } from './said.ts';

const source = join(import.meta.dirname, 'compose');
const version = '2.16.2';

/** The project as Compose has it, as JSON, or why it refuses it. @throws Error when it can't be built. */
export async function composeConfig(file: string): Promise<Said> {
  const folder = await kept(`compose-go-${version}`, async (into) => {
    cpSync(source, join(into, 'source'), { recursive: true });
    await build(['build', '-trimpath', '-o', join(into, 'compose-config'), '.'], join(into, 'source'));
  });
  return said(join(folder, 'compose-config'), [file]);
}
