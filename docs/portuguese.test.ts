// README.pt.md keeps step with README.md: the same parts in the same order, with the same commands, answers, links and names.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fencedBlocks } from './testing/fenced-blocks.ts';

const [english, portuguese] = ['README.md', 'README.pt.md'].map((page) => ({
  blocks: fencedBlocks(page).map(({ language, note, content }) => ({ language, note, content })),
  prose: readFileSync(page, 'utf8').replace(/^```[\s\S]*?^```$/gm, '<block>'),
}));

function same(what: string, of: (prose: string) => unknown): void {
  test(`README.pt.md has the same ${what}`, () =>
    assert.deepEqual(of(portuguese?.prose ?? ''), of(english?.prose ?? '')));
}

test('README.pt.md has the same commands and answers', () => assert.deepEqual(portuguese?.blocks, english?.blocks));

same('order of headings, lists, tables, blocks and paragraphs', (prose) =>
  prose
    .split(/\n+/)
    .map((line) => /^(#+|- |\||<block>|\*\*)/.exec(line)?.[0])
    .filter((kind) => kind !== undefined),
);
same('links', (prose) => linksOf(prose).toSorted());
same('names in code', (prose) => [...prose.matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name).toSorted());
same('numbers', (prose) => (prose.replace(/\]\([^)]*\)/g, '').match(/\d+/g) ?? []).toSorted());

/** Without those that lead from one language to the other. */
function linksOf(prose: string): string[] {
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)|<(http[^>]+)>/g)].map(([, inText, bare]) => inText ?? bare ?? '');
  return links.filter((link) => !link.startsWith('README'));
}
