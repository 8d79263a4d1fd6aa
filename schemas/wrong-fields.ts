// What is wrong with a body, field by field, as problems tell it.
import type { z } from 'zod';

/** A JSON pointer into the body, and what is wrong there. */
export interface WrongField {
  readonly pointer: string;
  readonly detail: string;
}

/** Of thousands of records all may be wrong in the same way. */
const errorsMax = 20;

export function wrongFieldsOf({ issues }: z.ZodError): WrongField[] {
  return issues.slice(0, errorsMax).map(({ path, message }) => {
    const parts = path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'));
    return { pointer: ['', ...parts].join('/'), detail: message };
  });
}
