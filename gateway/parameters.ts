// Reads what follows `?` in an address. A parameter given twice, or not understood, is refused: guessing would hide it.
import { wrongParameter } from './errors.ts';
import { idProblem } from './fields.ts';

export function parameter(query: URLSearchParams, name: string): string | null {
  if (query.size === 0) return null;
  const values = query.getAll(name);
  if (values.length > 1) throw wrongParameter(name, 'must be given once.');
  return values[0] ?? null;
}

export function numberParameter(query: URLSearchParams, name: string, byDefault: number, max: number): number {
  const text = parameter(query, name);
  if (text === null) return byDefault;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max) throw wrongParameter(name, `must be a whole number from 1 to ${max}.`);
  return value;
}

export function idParameter(query: URLSearchParams, name: string): string | null {
  const text = parameter(query, name);
  return text === null ? null : checkedId(name, text);
}

/** Ids separated by commas. */
export function idsParameter(query: URLSearchParams, name: string, idsMax: number): string[] {
  const ids = (parameter(query, name) ?? '').split(',').filter((id) => id !== '');
  if (ids.length > idsMax) throw wrongParameter(name, `must not hold more than ${idsMax} ids.`);
  return ids.map((id) => checkedId(name, id));
}

/** For a part of the path too. */
export function checkedId(name: string, id: string | undefined): string {
  const problem = idProblem(id ?? '');
  if (problem !== undefined) throw wrongParameter(name, problem);
  return id ?? '';
}
