// Text of others on a terminal: what it would take for a command to it is shown as a sign.

// oxlint-disable-next-line no-control-regex
const controlCharacters = /[\u0000-\u001f\u007f-\u009f]/g;

export function plainText(text: string): string {
  return text.replace(controlCharacters, '\uFFFD');
}
