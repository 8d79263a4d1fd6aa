// Redis in a container, where there is no redis-server and a container engine answers. It shares the machine's network and its folder for
// temporary files, so that configurations, certificates and data are where a program of this machine would have them.
import { tmpdir, userInfo } from 'node:os';
import type { Program } from './program.ts';
import { run } from './run.ts';

const image = 'redis:7.0.15-bookworm';

/** A server that runs, and how to call the `redis-cli` that belongs to it. */
export interface RedisProgram extends Omit<Program, 'output'> {
  readonly cli: readonly [string, ...string[]];
}

/** `args` of `redis-server`. Resolves when it takes connections. */
export async function startRedisContainer(args: readonly string[]): Promise<RedisProgram> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const { uid, gid } = userInfo();
  const container = await new GenericContainer(image)
    .withNetworkMode('host')
    .withUser(`${uid}:${gid}`)
    .withBindMounts([{ source: tmpdir(), target: tmpdir() }])
    .withCommand(['redis-server', ...args])
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections|Sentinel ID is/))
    .start();
  const docker = (command: string) => void run('docker', [command, container.getId()]);
  return {
    pid: 0,
    cli: ['docker', 'exec', container.getId(), 'redis-cli'],
    stop: async () => void (await container.stop()),
    kill: async () => {
      docker('kill');
      await container.stop();
    },
    pause: () => docker('pause'),
    resume: () => docker('unpause'),
  };
}
