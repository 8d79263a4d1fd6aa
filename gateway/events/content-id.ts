// An id made of what something says, for what brings none of its own: the same said again has the same id.
import { hash } from 'node:crypto';

const idCharacters = 22;

export function contentId(content: readonly unknown[]): string {
  return `c-${hash('sha256', JSON.stringify(content), 'base64url').slice(0, idCharacters)}`;
}
