// Writes src/api-types.ts: `node clients/typescript/scripts/generate-types.ts`. A test fails when it is out of date.
import { writeFileSync } from 'node:fs';
import { apiTypes } from './api-types.ts';

writeFileSync(new URL('../src/api-types.ts', import.meta.url), await apiTypes());
