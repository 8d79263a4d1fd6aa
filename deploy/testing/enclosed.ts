// Runs a command as a container would: on the image's files alone, as its user, with nothing writable but `/data` and `/tmp`. Where
// the machine lets nobody mount, as in most containers, files of the machine are there too, and those of the image are made read-only.
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
export const canMount = spawnSync('unshare', ['--mount', 'true'], { stdio: 'ignore' }).status === 0;
/** Root in a container can do at least that. */
export const canBeOther = spawnSync('setpriv', ['--reuid=10001', '--clear-groups', 'true'], { stdio: 'ignore' }).status === 0; // prettier-ignore

/** Makes the image's folder ready; once for each. `data` becomes `/data`. */
export function prepare({ root, user }: Image, data: string): void {
  for (const name of [...ofTheMachine, 'tmp', 'data', 'app']) mkdirSync(join(root, name), { recursive: true });
  mkdirSync(data, { recursive: true });
  if (canBeOther) chownSync(data, ...(user.split(':').map(Number) as [number, number]));
  chmodSync(data, 0o700);
  if (!canMount) {
    spawnSync('chmod', ['-R', 'a-w', root]);
    return chmodSync(join(root, 'tmp'), 0o777);
  }
  cpSync(join(root, 'usr/local'), join(root, 'local'), { recursive: true });
  writeFileSync(join(root, 'local/bin/node'), '');
  writeFileSync(join(root, 'enter.sh'), enter(root, data));
}

/** So that the one who made the image can remove it. */
export function release({ root }: Image): void {
  spawnSync('chmod', ['-R', 'u+w', root]);
}

export function enclosed(image: Image, data: string, args: readonly string[]): Enclosed {
  return canMount ? mounted(image, args) : confined(image, data, args);
}

function mounted({ root, user, environment, entrypoint }: Image, args: readonly string[]): Enclosed {
  const given = args[0] === 'node' ? args : [...entrypoint, ...args];
  return {
    command: 'unshare',
    args: ['--mount', '--propagation', 'private', 'sh', join(root, 'enter.sh'), user, ...given],
    // Mounts and users can change, but nothing must be left running when the test is killed.
    env: { ...environment, NODE_OPTIONS: '--import file:///app/bin/follow-parent.js' },
  };
}

function confined({ root, user, environment }: Image, data: string, args: readonly string[]): Enclosed {
  const script = args[0] === 'node' ? args.slice(1) : [join(root, 'app/cli/freshet.ts'), ...args];
  // Paths in commands are those of the image, which are below its folder here.
  const moved = script.map((word) => word.replaceAll(/'\/(app|tmp|usr)\//g, `'${root}/$1/`).replaceAll("'/data/", `'${data}/`)); // prettier-ignore
  const [uid, gid] = user.split(':');
  const asUser = canBeOther ? ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : [];
  const [command = '', ...rest] = [...asUser, process.execPath, ...moved];
  return { command, args: rest, env: { ...environment, DATA_DIR: data, TMPDIR: join(root, 'tmp') } };
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
