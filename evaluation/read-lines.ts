// The lines of a text file, unpacked if it is gzipped.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { EvaluationRefused } from './errors.ts';

/** Without empty lines at the end. @throws EvaluationRefused when it can't be read or holds nothing. */
export function readLines(path: string): string[] {
  const lines = contentOf(path).replaceAll('\r', '').trimEnd().split('\n');
  if (lines.length === 1 && lines[0] === '') throw new EvaluationRefused(`${path} is empty`);
  return lines;
}

function contentOf(path: string): string {
  try {
    const bytes = readFileSync(path);
    return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (error) {
    // Whatever is wrong with the file, whoever named it has to mend it.
    throw new EvaluationRefused(`${path} can't be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
