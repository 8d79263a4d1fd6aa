// Holds every source file against the rules of the tree.
import { globSync, readFileSync } from 'node:fs';
import { violations } from './tree-rules.ts';

const files = globSync('**/*.ts', { exclude: ['node_modules/**', 'data/**', '.cache/**'] });
for (const file of files) {
  for (const violation of violations(file.replaceAll('\\', '/'), readFileSync(file, 'utf8'))) {
    console.log(`${file} ${violation}`);
    process.exitCode = 1;
  }
}
