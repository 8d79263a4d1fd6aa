// Runs a command as a container would: on the image's files alone, as its user, with nothing writable but `/data` and `/tmp`.
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from './dockerfile.ts';

export interface Enclosed {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Where the machine's own programs and libraries come from, as an image's base would bring them. */
const ofTheMachine = ['usr', 'lib', 'lib64', 'bin', 'sbin', 'etc', 'dev', 'proc'];

/** It takes root's rights, and that of mounting, which containers usually don't have. */
export function canEnclose(): boolean {
  return spawnSync('unshare', ['--mount', 'true'], { stdio: 'ignore' }).status === 0;
}

/** Makes the image's folder ready; once for each. `data` becomes `/data`. */
export function prepare({ root, user }: Image, data: string): void {
  for (const name of [...ofTheMachine, 'tmp', 'data', 'app']) mkdirSync(join(root, name), { recursive: true });
  mkdirSync(data, { recursive: true });
  chownSync(data, ...(user.split(':').map(Number) as [number, number]));
  chmodSync(data, 0o700);
  cpSync(join(root, 'usr/local'), join(root, 'local'), { recursive: true });
  writeFileSync(join(root, 'local/bin/node'), '');
  writeFileSync(join(root, 'enter.sh'), enter(root, data));
}

export function enclosed(image: Image, args: readonly string[]): Enclosed {
  const { root, user, environment, entrypoint } = image;
  const given = args[0] === 'node' ? args : [...entrypoint, ...args];
  return {
    command: 'unshare',
    args: ['--mount', '--propagation', 'private', 'sh', join(root, 'enter.sh'), user, ...given],
    // Mounts and users can change, but nothing must be left running when the test is killed.
    env: { ...environment, NODE_OPTIONS: '--import file:///app/bin/follow-parent.js' },
  };
}

function enter(root: string, data: string): string {
  return `set -e
user=$1; shift
mount --bind ${root} ${root}
for name in ${ofTheMachine.join(' ')}; do [ ! -e /$name ] || mount --rbind /$name ${root}/$name; done
mount --bind ${root}/local ${root}/usr/local
mount --bind ${process.execPath} ${root}/usr/local/bin/node
mount -t tmpfs -o mode=1777 tmpfs ${root}/tmp
mount --bind ${data} ${root}/data
mount -o remount,bind,ro ${root}/usr/local
mount -o remount,bind,ro ${root}
export PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME=/
exec chroot --userspec="$user" ${root} "$@"
`;
}
