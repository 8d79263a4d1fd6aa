// Redpanda in a container, in place of Apache Kafka, where a container engine answers.
import { docker, dockerNow } from './container-engine.ts';
import type { KafkaServer } from './kafka.ts';
import { freePort } from './program.ts';

const image = 'docker.redpanda.com/redpandadata/redpanda:v25.3.1';
const host = '127.0.0.1';

/** Only the plain listener, with the settings of a development node. */
export async function startRedpanda(): Promise<KafkaServer> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const port = await freePort();
  const listener = `PLAINTEXT://0.0.0.0:${port}`;
  const node = ['--mode', 'dev-container', '--smp', '1'];
  // Members that fall silent are given up as soon as tests ask for, not after six seconds.
  const settings = ['redpanda.auto_create_topics_enabled=false', 'redpanda.group_min_session_timeout_ms=500'];
  const container = await new GenericContainer(image)
    .withCommand([
      'redpanda',
      'start',
      ...node,
      ...settings.flatMap((setting) => ['--set', setting]),
      '--kafka-addr',
      listener,
      '--advertise-kafka-addr',
      `PLAINTEXT://${host}:${port}`,
    ])
    // The same port at every start: it is the one that the node tells its clients.
    .withExposedPorts({ container: port, host: port })
    .withWaitStrategy(Wait.forLogMessage('Successfully started Redpanda!'))
    .start();
  const id = container.getId();
  return {
    pid: 0,
    address: () => `${host}:${port}`,
    stop: () => docker('stop', id),
    kill: () => docker('kill', id),
    // Unlike `docker start` it waits as the first start did.
    start: () => container.restart(),
    pause: () => dockerNow('pause', id),
    resume: () => dockerNow('unpause', id),
    another: () => Promise.reject(new Error('Redpanda is run as one node.')),
    remove: async () => void (await container.stop()),
  };
}
