// Redis in a container, where there is no redis-server and a container engine answers. It shares the machine's network and its folder for
// temporary files, so that configurations, certificates and data are where a program of this machine would have them.
import { tmpdir, userInfo } from 'node:os';
import { docker, dockerNow } from './container-engine.ts';
import { stopWithinMs, type Program } from './program.ts';

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
    // The image's own one gives up root, and with it our folder.
    .withEntrypoint(['redis-server'])
    .withUser(`${uid}:${gid}`)
    .withBindMounts([{ source: tmpdir(), target: tmpdir() }])
    .withCommand([...args])
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections|Sentinel ID is/))
    .start();
  const id = container.getId();
  return {
    pid: 0,
    cli: ['docker', 'exec', id, 'redis-cli'],
    stop: async () => void (await container.stop({ timeout: stopWithinMs })),
    // Also after a stop, when there is nothing left to remove.
    kill: () => docker('rm', '--force', '--volumes', id),
    pause: () => dockerNow('pause', id),
    resume: () => dockerNow('unpause', id),
  };
}
