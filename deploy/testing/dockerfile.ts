// Carries out the Dockerfile without an engine: each stage is a folder, COPY and RUN do there what they say, with the pinned Node in
// place of the base's. What a base brings beside Node is not there, so it proves our steps and not the base.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, join, relative } from 'node:path';

export interface Instruction {
  readonly name: string;
  readonly text: string;
}

export interface Image {
  /** The last stage's folder, which stands for `/`. */
  readonly root: string;
  readonly user: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
}

export function instructionsOf(dockerfile: string): Instruction[] {
  const lines = dockerfile
    .replace(/^#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n');
  return lines.flatMap((line) => {
    const [, name, text] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    return name === undefined || text === undefined ? [] : [{ name, text: text.trim() }];
  });
}

/** `project` is the build's context, `folder` an empty one. @throws Error when a step fails, with what it said. */
export function carryOut(project: string, folder: string): Image {
  const instructions = instructionsOf(readFileSync(join(project, 'Dockerfile'), 'utf8'));
  const build = new Build(project, folder);
  for (const instruction of instructions) build.step(instruction);
  const last = (name: string) => instructions.findLast((each) => each.name === name)?.text ?? '';
  return {
    root: build.root,
    user: last('USER'),
    environment: environmentOf(last('ENV')),
    entrypoint: JSON.parse(last('ENTRYPOINT')) as string[],
    command: JSON.parse(last('CMD')) as string[],
    healthCheck: JSON.parse(last('HEALTHCHECK').replace(/^.*?CMD /, '')) as string[],
  };
}

class Build {
  readonly #project: string;
  readonly #folder: string;
  readonly #isIgnored: (path: string) => boolean;
  #stage = 0;
  readonly #stages = new Map<string, string>();
  #workdir = '/';
  root = '';

  constructor(project: string, folder: string) {
    this.#project = project;
    this.#folder = folder;
    this.#isIgnored = ignoredBy(readFileSync(join(project, '.dockerignore'), 'utf8'));
  }

  step({ name, text }: Instruction): void {
    if (name === 'FROM') this.#from(text);
    else if (name === 'WORKDIR') mkdirSync(this.#at((this.#workdir = text)), { recursive: true });
    else if (name === 'COPY') this.#copy(text.split(/\s+/));
    else if (name === 'RUN') this.#run(text);
  }

  #from(text: string): void {
    const name = / AS (\S+)$/.exec(text)?.[1] ?? String(this.#stage);
    this.root = join(this.#folder, name);
    this.#stages.set(name, this.root);
    this.#stage += 1;
    this.#workdir = '/';
    mkdirSync(join(this.root, 'usr/local/bin'), { recursive: true });
  }

  #copy(words: string[]): void {
    const from = words[0]?.startsWith('--from=') === true ? words.shift()?.slice('--from='.length) : undefined;
    const target = words.pop() ?? '';
    const source = from === undefined ? this.#project : (this.#stages.get(from) ?? '');
    for (const word of words) {
      const isFolder = statSync(join(source, word)).isDirectory();
      const to = this.#at(target.endsWith('/') && !isFolder ? join(target, basename(word)) : target);
      mkdirSync(dirname(to), { recursive: true });
      const isWanted = (path: string) => from !== undefined || !this.#isIgnored(relative(this.#project, path));
      if (!isWanted(join(source, word))) throw new Error(`COPY ${word}: .dockerignore keeps it away`);
      cpSync(join(source, word), to, { recursive: true, filter: isWanted, verbatimSymlinks: true });
    }
  }

  #run(text: string): void {
    const command = this.#inStage(text);
    const { status, stdout, stderr } = spawnSync('sh', ['-ec', command], {
      cwd: this.#at('.'),
      encoding: 'utf8',
      env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}` },
    });
    if (status !== 0) throw new Error(`RUN ${text}\n${stdout}${stderr}`);
  }

  /** Absolute paths of a command are those of the stage: one that were left would be the machine's own. */
  #inStage(command: string): string {
    const words = command.split(/\s+/).map((word) => (word.startsWith('/') ? join(this.root, word) : word));
    const left = words.filter(
      (word) => word.includes('/') && !word.startsWith(this.root) && /(^|[^\w.*-])\//.test(word),
    );
    if (left.length > 0)
      throw new Error(`RUN: a path in ${left.join(' ')} is written in a way that is not understood here`);
    return words.join(' ');
  }

  #at(path: string): string {
    return join(this.root, path.startsWith('/') ? path : join(this.#workdir, path));
  }
}

/** Of the forms that .dockerignore has here: everything, except some, without those that end in something. */
function ignoredBy(dockerignore: string): (path: string) => boolean {
  const lines = dockerignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const kept = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  const endings = lines.filter((line) => line.startsWith('**/*')).map((line) => line.slice('**/*'.length));
  if (lines.length !== 1 + kept.length + endings.length || lines[0] !== '*')
    throw new Error('.dockerignore has a line of a form that is not understood here');
  return (path) =>
    !kept.some((each) => path === each || path.startsWith(`${each}/`)) || endings.some((each) => path.endsWith(each));
}

function environmentOf(text: string): Record<string, string> {
  return Object.fromEntries(text.split(/\s+/).map((pair) => pair.split('=') as [string, string]));
}

/** So that another user reaches it, as in an image, however private the folder above was made. */
export function openToOthers(folder: string): void {
  chmodSync(folder, 0o755);
}
