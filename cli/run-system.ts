// Runs what the roles name in this process, until it is told to stop.
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { Misused } from './command.ts';
import { openLogger } from '../config/log-output.ts';
import { SettingsInvalid, readSettings, type Settings } from '../config/settings.ts';
import { collectRarely } from '../system/garbage-collection.ts';
import { everything, type Roles } from '../system/roles.ts';
import { startSystem, type System } from '../system/start-system.ts';

/** Answers the exit code: 0 after an orderly stop, 1 when it could not start, 2 when the settings are wrong. */
export async function runSystem(roles: Roles): Promise<number> {
  let settings: Settings;
  let warnings: readonly string[];
  try {
    ({ settings, warnings } = readSettings());
    checkRoles(roles, settings);
  } catch (error) {
    if (!(error instanceof SettingsInvalid || error instanceof Misused)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  const logger = openLogger(settings, pino.destination({ dest: 2, sync: true }));
  for (const warning of warnings) logger.warn(warning);
  // Until it has started there is nothing to end in order, and it may wait for brokers.
  const endAtOnce = () => process.exit(0);
  for (const signal of stopSignals) process.once(signal, endAtOnce);
  collectRarely();
  let system: System;
  try {
    system = await startSystem(settings, logger, version(), roles);
  } catch (error) {
    process.stderr.write(`Freshet could not start: ${reasonOf(error, settings)}\n`);
    if (settings.debug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return 1;
  }
  const stopSignal = nextStopSignal();
  for (const signal of stopSignals) process.off(signal, endAtOnce);
  process.stdout.write(greeting(system.url, settings, roles));
  system.started.then(
    () => logger.info('ready'),
    (error: unknown) => logger.error({ err: error }, 'the stages could not start'),
  );
  const signal = await stopSignal;
  logger.info({ signal }, 'stopping');
  const limit = setTimeout(() => process.exit(1), settings.shutdownGraceMs + FORCED_AFTER_MS);
  limit.unref();
  await system.stop();
  logger.info('stopped');
  return 0;
}

/** Beyond the grace for requests, for the last commits. */
const FORCED_AFTER_MS = 10_000;

const stopSignals = ['SIGTERM', 'SIGINT'] as const;

function nextStopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of stopSignals) process.once(signal, resolve);
  });
}

function reasonOf(error: unknown, { apiHost, apiPort }: Settings): string {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error)) return error.message;
  if (error.code === 'EADDRINUSE')
    return `port ${apiPort} of ${apiHost} is in use: stop what listens there, or set API_PORT.`;
  if (error.code === 'EADDRNOTAVAIL') return `${apiHost} is no address of this machine: set API_HOST to one that is.`;
  if (error.code === 'EACCES') return `no permission: ${error.message}`;
  return error.message;
}

/** @throws Misused when the roles need somebody else, who could not be reached from here. */
function checkRoles(roles: Roles, { kafkaBrokers, redisUrl }: Settings): void {
  if (kafkaBrokers.length === 0 && roles !== everything)
    throw new Misused(
      'One process alone can use a log in a data folder: set KAFKA_BROKERS to share the work between several, or use freshet start.',
    );
  if (redisUrl === '' && roles.serve !== roles.gateway)
    throw new Misused(
      'What serve writes and gateway reads has to be in reach of both: set REDIS_URL, or give both roles to one process.',
    );
}

function greeting(url: string, settings: Settings, roles: Roles): string {
  const data = settings.kafkaBrokers.length === 0 ? settings.dataDir : `Kafka at ${settings.kafkaBrokers.join(', ')}`;
  const page = roles.gateway ? `  page       ${url}/\n` : '';
  return `Freshet listens on ${url}\n${page}  readiness  ${url}/readyz\n  data       ${data}\n${roles.gateway ? shopNotice(settings) : ''}`;
}

function shopNotice({ demo }: Settings): string {
  return demo
    ? 'The demonstration shop is open; DEMO=off starts without it.\n'
    : 'The demonstration shop is closed (DEMO=off).\n';
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
