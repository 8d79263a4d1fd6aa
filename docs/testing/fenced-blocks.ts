// The fenced blocks of a Markdown file, so that tests can run and compare what the documentation shows.
import { readFileSync } from 'node:fs';

export interface FencedBlock {
  /** `sh`, `json`, `ts`, `text` … */
  readonly language: string;
  /** What follows the language: `202`, `file=examples/…`. Not shown to readers. */
  readonly note: string;
  readonly content: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  /** The heading above it. */
  readonly section: string;
}

/** `file` is relative to the project. */
export function fencedBlocks(file: string): FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let section = '';
  let open: { language: string; note: string; line: number; indent: string; lines: string[] } | undefined;
  for (const [index, written] of readFileSync(file, 'utf8').split('\n').entries()) {
    const line: string = open === undefined ? written : written.replace(open.indent, '');
    const fence = /^( *)```(\w*) ?(.*)$/.exec(line);
    if (open === undefined) {
      // Indented in a list.
      const [, indent = '', language = '', note = ''] = fence ?? [];
      if (fence !== null) open = { language, note, indent, line: index + 1, lines: [] };
      else section = /^#+ (.*)$/.exec(line)?.[1] ?? section;
    } else if (line === '```') {
      const { lines, indent: _, ...rest } = open;
      blocks.push({ ...rest, section, content: lines.join('\n') });
      open = undefined;
    } else open.lines.push(line);
  }
  return blocks;
}
