// Installs the dependencies when they are missing or older than the lock file. Plain JavaScript: it runs before
// anything is installed, under whichever Node (20 or newer) the newcomer has.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string} root the project's folder */
export function setUp(root) {
  const installed = join(root, 'node_modules');
  const stamp = join(installed, '.freshet-lock-hash');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;

  // `npm ci` starts from nothing, so it would pull the files from under programs that run from this folder:
  // an existing node_modules is only brought up to date.
  const existing = existsSync(join(installed, '.package-lock.json'));
  // What libraries ask of Node is met by the one that is pinned: warnings about the newcomer's own would only frighten.
  const command = [...(existing ? ['install', '--no-save'] : ['ci']), '--loglevel=error', '--no-audit', '--no-fund'];
  process.stderr.write(existing ? 'Updating dependencies …\n' : 'Installing dependencies (once) …\n');
  const status = npm(command, root);
  if (status !== 0) {
    process.stderr.write(`Freshet could not install its dependencies: "npm ${command.join(' ')}" failed, see above.\n`);
    process.exit(status);
  }
  writeFileSync(stamp, wanted);
}

/** Standard output belongs to the program that is started afterwards, so npm's words go to standard error. */
function npm(args, cwd) {
  const options = { cwd, stdio: ['ignore', 2, 2] };
  const { npm_execpath: npmScript, npm_node_execpath: npmNode } = process.env;
  // Under `npx`, npm_execpath may name npx's own script, which knows no `ci`.
  const known = npmScript?.endsWith('npm-cli.js') && npmNode && existsSync(npmNode);
  const result = known
    ? spawnSync(npmNode, [npmScript, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (result.error) process.stderr.write(`${result.error.message}\n`);
  return result.status ?? 1;
}
