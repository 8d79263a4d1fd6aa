#!/usr/bin/env node
// The `freshet` command in a clone (`npx freshet …`): sets up what is missing, then runs the command line under the
// pinned Node.
import { runPinned } from './pinned.js';

await runPinned('cli/freshet.ts', process.argv.slice(2));
