// The pages' links lead somewhere, and the messages that the troubleshooting page explains are those of the code.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { stages } from '../processors/topology.ts';

const pages = ['README.md', 'README.pt.md', 'CONTRIBUTING.md', ...globSync('{docs/*,{deploy,examples}/**/README}.md')];

for (const page of pages) {
  test(`links of ${page}`, () => {
    const text = withoutCode(readFileSync(page, 'utf8'));
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      assert.ok(existsSync(file), `${page} links to ${target}`);
      if (anchor !== undefined) assert.ok(anchorsOf(file).includes(anchor), `${page} links to ${target}`);
    }
  });
}

test("the README's picture shows the stages that run", () => {
  const shown = [...readFileSync('README.md', 'utf8').matchAll(/<b>(.*?)<\/b><br>([^"]*)/g)];
  assert.deepEqual(
    shown.map(([, name = '', processors = '']) => ({ name, processors: processors.split(' ▸ ') })),
    stages.map(({ name, processors }) => ({ name, processors: processors.map((each) => String(each.name)) })),
  );
});

test('the messages of the troubleshooting page are those of the code', () => {
  const code = globSync('{cli,config,gateway,imports,streams,serving,system,bin}/**/*.{ts,js}')
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const headings = readFileSync('docs/troubleshooting.md', 'utf8').matchAll(/^### (.*)$/gm);
  const messages = [...headings].flatMap(([, heading = '']) => [...heading.matchAll(/`([^`]+)`/g)]);
  assert.ok(messages.length > 20);
  for (const [, message = ''] of messages) {
    if (/^(EADDRINUSE$|freshet_|\/|serve$)/.test(message) || message.startsWith('"')) continue;
    for (const part of message.split('…').filter((each) => each.trim().length > 8))
      assert.ok(code.includes(part.trim()), `no code says: ${part.trim()}`);
  }
});

test('examples are numbered without a gap, and listed in that order under their titles', () => {
  const folders = globSync('examples/[0-9]*').map((path) => basename(path));
  const listed = [...readFileSync('examples/README.md', 'utf8').matchAll(/^\| \[(.*?)\]\((.*?)\)/gm)];
  assert.ok(listed.length >= 8);
  assert.deepEqual(listed.map(([, , folder = '']) => folder).toSorted(), folders.toSorted());
  for (const [index, [, title = '', folder = '']] of listed.entries()) {
    assert.ok(folder.startsWith(`${index + 1}-`), folder);
    assert.equal(readFileSync(`examples/${folder}/README.md`, 'utf8').split('\n')[0], `# ${title}`);
  }
});

function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
}

/** As GitHub makes them of headings. */
function anchorsOf(file: string): string[] {
  const headings = readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
