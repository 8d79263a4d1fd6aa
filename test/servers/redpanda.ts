// Redpanda in a container, in place of Apache Kafka, where a container engine answers.
import { spawnSync } from 'node:child_process';
import type { KafkaServer } from './kafka.ts';
import { freePort } from './program.ts';
import { run } from './run.ts';

const image = 'docker.redpanda.com/redpandadata/redpanda:v25.3.1';
const host = '127.0.0.1';

export function hasContainerEngine(): boolean {
  return spawnSync('docker', ['info'], { stdio: 'ignore' }).status === 0;
}

/** Only the plain listener, with the settings of a development node. */
export async function startRedpanda(): Promise<KafkaServer> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const port = await freePort();
  const listener = `PLAINTEXT://0.0.0.0:${port}`;
  const node = ['--mode', 'dev-container', '--smp', '1', '--set', 'redpanda.auto_create_topics_enabled=false'];
  const container = await new GenericContainer(image)
    .withCommand([
      'redpanda',
      'start',
      ...node,
      '--kafka-addr',
      listener,
      '--advertise-kafka-addr',
      `PLAINTEXT://${host}:${port}`,
    ])
    // The same port at every start: it is the one that the node tells its clients.
    .withExposedPorts({ container: port, host: port })
    .withWaitStrategy(Wait.forLogMessage('Successfully started Redpanda!'))
    .start();
  const docker = (command: string) => run('docker', [command, container.getId()]);
  return {
    pid: 0,
    address: () => `${host}:${port}`,
    stop: async () => void docker('stop'),
    kill: async () => void docker('kill'),
    start: async () => void docker('start'),
    pause: () => void docker('pause'),
    resume: () => void docker('unpause'),
    another: () => Promise.reject(new Error('Redpanda is run as one node.')),
    remove: async () => void (await container.stop()),
  };
}
