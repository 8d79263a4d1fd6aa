// Every command that a page shows is run by a test, as it stands or in the way said here; or the reason stands here why not. Those that
// are named in passing are at least there.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { commands } from '../cli/commands.ts';
import { familyOf, findCommand } from '../cli/find-command.ts';
import { fencedBlocks, type FencedBlock } from './testing/fenced-blocks.ts';
import { shownPages } from './testing/shown-pages.ts';

interface ElsewhereRun {
  readonly page: string;
  /** How the block begins. */
  readonly begins: string;
  readonly test: string;
  /** What of the command the test has in it. */
  readonly has: string;
}

const shownCommands = 'docs/shown-commands.int.test.ts';
const chartPage = 'deploy/helm/freshet/README.md';

const elsewhere: readonly ElsewhereRun[] = [
  ...['npm start', 'API_HOST=0.0.0.0'].map((begins) => ({
    page: 'README.md',
    begins,
    test: shownCommands,
    has: begins === 'npm start' ? `'start'` : `'fails'`,
  })),
  { page: 'README.md', begins: 'npm test', test: '.ci/run', has: 'npm --silent test' },
  { page: 'docs/api.md', begins: 'npx freshet keys add', test: shownCommands, has: `'keys'` },
  { page: 'docs/clients.md', begins: 'python3', test: 'examples/http.int.test.ts', has: 'docs/clients.md' },
  { page: 'docs/clients.md', begins: 'bash', test: 'examples/http.int.test.ts', has: 'docs/clients.md' },
  { page: 'docs/models.md', begins: 'npx freshet train', test: 'test/end-to-end/train-recommend.int.test.ts', has: `'train'` }, // prettier-ignore
  { page: 'docs/deployment.md', begins: 'npm run pin-images', test: 'scripts/pin-images.test.ts', has: 'scripts/pin-images.ts' }, // prettier-ignore
  { page: 'docs/tracing.md', begins: 'OTEL_EXPORTER_OTLP', test: 'test/end-to-end/traces.int.test.ts', has: 'OTEL_EXPORTER_OTLP_ENDPOINT' }, // prettier-ignore
  { page: 'docs/tutorial.md', begins: 'npm test -- examples/8', test: 'examples/8-own-processor/habit.test.ts', has: 'test(' }, // prettier-ignore
  { page: 'docs/tutorial.md', begins: 'node bin/pinned.js', test: 'docs/tutorial.test.ts', has: 'run.ts' },
  { page: 'docs/kafka.md', begins: 'export KAFKA_BROKERS', test: 'test/end-to-end/several-processes.int.test.ts', has: `'topics', 'apply'` }, // prettier-ignore
  { page: 'docs/kafka.md', begins: 'DATA_DIR=data/customers', test: 'test/end-to-end/several-processes.int.test.ts', has: `'run', 'items', 'rankings', 'serve'` }, // prettier-ignore
  { page: 'docs/upgrade.md', begins: 'npx freshet topics apply', test: 'test/end-to-end/several-processes.int.test.ts', has: `'schemas', 'apply'` }, // prettier-ignore
  { page: 'docs/performance-tuning.md', begins: 'npm run load', test: '.ci/run', has: 'run load -- --minutes 2' },
  { page: 'examples/1-curl/README.md', begins: 'bash', test: 'examples/http.int.test.ts', has: `'bash'` },
  { page: 'examples/2-python/README.md', begins: 'python3', test: 'examples/http.int.test.ts', has: `'python3'` },
  { page: 'examples/3-shop-page/README.md', begins: 'node', test: 'examples/shop-page.int.test.ts', has: 'examples/3-shop-page/serve.ts' }, // prettier-ignore
  { page: 'examples/4-import/README.md', begins: 'npx freshet import', test: 'imports/data-sets.int.test.ts', has: 'examples/4-import' }, // prettier-ignore
  { page: 'examples/5-typescript-producer/README.md', begins: 'node', test: 'examples/producers.int.test.ts', has: 'checkout.ts' }, // prettier-ignore
  { page: 'examples/6-python-producer/README.md', begins: 'pip install', test: 'examples/producers.int.test.ts', has: 'profile.py' }, // prettier-ignore
  { page: 'examples/7-java-producer/README.md', begins: 'mvn', test: 'examples/producers.int.test.ts', has: 'Checkout.java' }, // prettier-ignore
  { page: 'examples/8-own-processor/README.md', begins: 'node', test: 'docs/tutorial.test.ts', has: 'run.ts' },
];

/** Each with what stands in the way of running it. */
const notRun: readonly { readonly page: string; readonly begins: string; readonly why: string }[] = [
  { page: 'docs/deployment.md', begins: 'docker build', why: 'needs a container engine' },
  { page: 'docs/deployment.md', begins: 'docker compose', why: 'needs a container engine' },
  { page: 'docs/deployment.md', begins: 'cd deploy/terraform', why: 'needs an account at Google Cloud' },
  { page: 'docs/deployment.md', begins: 'admin=$(openssl', why: 'needs an account at Google Cloud' },
  ...['READER=', 'helm install', 'kubectl -n freshet delete'].map((begins) => ({
    page: chartPage,
    begins,
    why: 'needs a cluster; what helm makes of it is looked at in deploy/helm/templates.test.ts',
  })),
  { page: chartPage, begins: 'kubectl -n freshet get', why: 'needs a cluster' },
  { page: chartPage, begins: 'gcloud', why: 'needs an account at Google Cloud' },
  { page: chartPage, begins: 'repository=', why: 'needs an account at Google Cloud' },
];

const pages = [
  'README.md',
  'README.pt.md',
  'CONTRIBUTING.md',
  ...globSync(['docs/*.md', '{clients,deploy,examples}/**/README.md'], { exclude: ['**/node_modules'] }),
];

for (const page of pages) {
  for (const block of fencedBlocks(page).filter(({ language }) => language === 'sh' || language === 'bash')) {
    test(`${page}:${block.line} ${block.content.split('\n')[0]}`, () => assert.ok(isKnown(page, block)));
  }
}

test('the tests are there, and run what they are said to run', () => {
  for (const { test: file, has } of elsewhere) assert.ok(readFileSync(file, 'utf8').includes(has), `${file}: ${has}`);
});

test('nothing is said of commands that no page shows', () => {
  for (const { page, begins } of [...elsewhere, ...notRun])
    assert.ok(
      fencedBlocks(page).some(({ content }) => content.startsWith(begins)),
      `${page}: ${begins}`,
    );
});

for (const page of pages) {
  test(`${page} names commands and options that there are`, () => {
    const text = readFileSync(page, 'utf8');
    for (const [, line = ''] of text.matchAll(/(?:`|npx )freshet ([a-z][^`\n]+)/g)) checkFreshet(line);
    for (const [, name = ''] of text.matchAll(/npm run ([\w:-]+)/g)) assert.ok(name in scripts, `npm run ${name}`);
    for (const [, name = ''] of text.matchAll(/npm run bench -- (\w[\w-]*)/g))
      assert.ok(existsSync(`bench/${name}.ts`), `npm run bench -- ${name}`);
  });
}

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object };

/** `line` is what follows `freshet`. @throws Error when it asks for what there is not. */
function checkFreshet(line: string): void {
  const written = line.replace(/ #.*$/, '').split(/\s+/);
  const words = written[0] === 'help' ? written.slice(1) : written;
  if (words.length === 0 || (words.length === 1 && familyOf(commands, words[0] ?? '').length > 0)) return;
  const { command } = findCommand(commands, words);
  for (const [option = ''] of line.matchAll(/(?<= --)[a-z][\w-]*/g))
    assert.ok(option in command.options, `freshet ${command.name} --${option}`);
}

function isKnown(page: string, { language, note, content }: FencedBlock): boolean {
  // The Portuguese page has the blocks of the English one, which another test compares.
  const shown = page === 'README.pt.md' ? 'README.md' : page;
  if (shownPages.some((each) => each === shown) && language === 'sh' && note === '') return true;
  return [...elsewhere, ...notRun].some((each) => each.page === shown && content.startsWith(each.begins));
}
