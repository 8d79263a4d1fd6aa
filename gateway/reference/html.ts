// HTML as text. Whatever is put between tags is escaped unless it is HTML already.

export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Content = string | number | Html | undefined | false | readonly Content[];

/** A template whose values are escaped; `undefined` and `false` are left out. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(parts.map((part, index) => (index === 0 ? part : asText(values[index - 1]) + part)).join(''));
}

/** Prose with `code` in backticks and paragraphs between empty lines, as descriptions are written. */
export function prose(text: string): Html[] {
  return text.split(/\n{2,}/).map((paragraph) => html`<p>${inline(paragraph)}</p>`);
}

/** The same within a line. */
export function inline(text: string): Html[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}

function asText(content: Content): string {
  if (content instanceof Html) return content.text;
  if (content === undefined || content === false) return '';
  return typeof content === 'string' || typeof content === 'number'
    ? escaped(String(content))
    : content.map(asText).join('');
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');
}
