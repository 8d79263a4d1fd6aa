// What the compiled module was made of, so that neither changes without the other.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const KERNELS_SOURCE = fileURLToPath(new URL('../source/kernels.ts', import.meta.url));

export function kernelsHash(): string {
  return createHash('sha256').update(readFileSync(KERNELS_SOURCE)).digest('hex');
}
