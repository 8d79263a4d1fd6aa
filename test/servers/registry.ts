// A real schema registry for tests and benchmarks: Apicurio, which speaks Confluent's API, on this machine's Java. It is fetched by
// Maven once.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leftOut } from '../left-out.ts';
import { kept } from './kept.ts';
import { freePort, hasCommand, startProgram, type Program } from './program.ts';
import { run } from './run.ts';

export interface RegistryServer {
  /** What goes into SCHEMA_REGISTRY_URL. */
  readonly url: string;
  /** Ends in order; its schemas stay. */
  stop(): Promise<void>;
  /** Starts it again after `stop`, at the same port. */
  start(): Promise<void>;
  /** Ends it and starts it with nothing in it, at the same port. */
  restartEmpty(): Promise<void>;
  /** It stands still, its connections stay open. */
  pause(): void;
  resume(): void;
  /** Ends it and deletes its data. */
  remove(): Promise<void>;
}

/** 3.0 is the last line that runs on Java 17. */
const version = '3.0.9';
const host = '127.0.0.1';
const readyWithinMs = 120_000;

/** Undefined, and noted as left out, where it can't run. */
export async function startRegistry(): Promise<RegistryServer | undefined> {
  const missing = ['java', 'mvn'].filter((command) => !hasCommand(command));
  if (missing.length > 0) {
    leftOut(`The schema registry needs ${missing.join(' and ')}.`);
    return undefined;
  }
  const app = await kept(`apicurio-${version}`, (folder) => Promise.resolve(fetchApp(folder)));
  const registry = new Apicurio(app, await freePort());
  try {
    await registry.start();
    return registry;
  } catch (error) {
    await registry.remove();
    throw error;
  }
}

class Apicurio implements RegistryServer {
  readonly url: string;
  readonly #app: string;
  readonly #port: number;
  #data = mkdtempSync(join(tmpdir(), 'freshet-registry-'));
  #program: Program | undefined;

  constructor(app: string, port: number) {
    this.#app = app;
    this.#port = port;
    this.url = `http://${host}:${port}/apis/ccompat/v7`;
  }

  async start(): Promise<void> {
    this.#program = await startProgram({
      command: 'java',
      args: [
        '-Xmx384m',
        '-XX:+UseSerialGC',
        '-XX:TieredStopAtLevel=1',
        `-Dquarkus.http.host=${host}`,
        `-Dquarkus.http.port=${this.#port}`,
        '-Dapicurio.storage.kind=sql',
        '-Dapicurio.storage.sql.kind=h2',
        `-Dapicurio.datasource.url=jdbc:h2:file:${join(this.#data, 'registry')}`,
        '-jar',
        join(this.#app, `apicurio-registry-app-${version}-runner.jar`),
      ],
      isReady: async () => (await fetch(`${this.url}/subjects`)).ok,
      readyWithinMs,
    });
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
  }

  async restartEmpty(): Promise<void> {
    await this.remove();
    this.#data = mkdtempSync(join(tmpdir(), 'freshet-registry-'));
    await this.start();
  }

  pause(): void {
    this.#program?.pause();
  }

  resume(): void {
    this.#program?.resume();
  }

  async remove(): Promise<void> {
    await this.#program?.kill();
    rmSync(this.#data, { recursive: true, force: true });
  }
}

function fetchApp(folder: string): void {
  const artefact = `io.apicurio:apicurio-registry-app:${version}:tar.gz:all`;
  run('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${artefact}`, `-DoutputDirectory=${folder}`]);
  const archive = join(folder, `apicurio-registry-app-${version}-all.tar.gz`);
  run('tar', ['xzf', archive, '-C', folder]);
  rmSync(archive);
}
