// Builds what users install, plain JavaScript with declarations, into a folder of its own: `node clients/typescript/scripts/build-package.ts`.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const clientFolder = join(import.meta.dirname, '..');
const projectFolder = join(clientFolder, '../..');
const compiler = join(projectFolder, 'node_modules/.bin/tsc');

/** Writes the package into `folder`, ready for `npm pack`. @throws Error with what the compiler said. */
export function buildPackage(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync(compiler, ['--project', clientFolder, '--outDir', join(folder, 'dist')], { stdio: 'pipe' });
  for (const file of ['package.json', 'README.md']) cpSync(join(clientFolder, file), join(folder, file));
  cpSync(join(projectFolder, 'LICENSE'), join(folder, 'LICENSE'));
}

if (import.meta.main) {
  const folder = join(projectFolder, '.cache/client-package');
  buildPackage(folder);
  process.stdout.write(`${folder}\n`);
}
