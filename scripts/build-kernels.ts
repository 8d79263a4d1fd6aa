// `npm run kernels`: compiles models/kernels/source/kernels.ts and keeps the module beside it as text, with a hash of what it was made of.
// The compiler is fetched for this alone: it is needed when the arithmetic changes, and never by those who run Freshet.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kernelsHash, KERNELS_SOURCE } from '../models/kernels/testing/source-hash.ts';

const COMPILER = 'assemblyscript@0.28.20';
const FLAGS = ['--enable', 'simd', '--enable', 'threads', '--runtime', 'stub', '--importMemory', '--sharedMemory', '--maximumMemory', '65536', '--noAssert', '-O3']; // prettier-ignore
const TARGET = new URL('../models/kernels/kernels-wasm.ts', import.meta.url);

const folder = mkdtempSync(join(tmpdir(), 'freshet-kernels-'));
try {
  const module = join(folder, 'kernels.wasm');
  execFileSync('npx', ['--yes', '--package', COMPILER, 'asc', KERNELS_SOURCE, ...FLAGS, '--outFile', module], { stdio: 'inherit' }); // prettier-ignore
  writeFileSync(TARGET, asSource(readFileSync(module)));
} finally {
  rmSync(folder, { recursive: true });
}

function asSource(module: Buffer): string {
  return [
    '// Written by `npm run kernels` from source/kernels.ts; a test compares the hash.',
    '/* prettier-ignore */',
    `export const KERNELS_SOURCE_HASH = '${kernelsHash()}';`,
    '/* prettier-ignore */',
    `export const KERNELS_WASM = '${module.toString('base64')}';`,
    '',
  ].join('\n');
}
