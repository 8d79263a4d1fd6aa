// What a Terraform provider takes, read from the types that CDK for Terraform made of its schema. Names, and what must be there; no
// types of values.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Field {
  readonly isRequired: boolean;
  readonly type: string;
}

type Interfaces = ReadonlyMap<string, ReadonlyMap<string, Field>>;

/** Of every resource, in the names that they have everywhere. */
const meta = ['count', 'for_each', 'depends_on', 'lifecycle', 'provider', '__is_block__', '__comments__'];

/** What is wrong with a resource, a line each. */
export function problemsOf(provider: string, type: string, body: object): string[] {
  const files = filesOf(provider, type);
  if (files.length === 0) return [`there is no resource ${type}`];
  const interfaces = interfacesIn(files.map((file) => readFileSync(file, 'utf8')).join('\n'));
  const wanted = `${type.replace(/^google_/, '').replaceAll('_', '')}config`;
  const name = [...interfaces.keys()].find((each) => each.toLowerCase() === wanted) ?? '';
  return problemsIn(type, body, name, interfaces);
}

/** Whether others may ask a resource for it: what it was given, and what the provider tells of it. */
export function hasAttribute(provider: string, type: string, attribute: string): boolean {
  const getter = new RegExp(`^ {4}(get ${camelCase(attribute)}\\(|private _${camelCase(attribute)};$)`, 'm');
  return filesOf(provider, type).some((file) => getter.test(readFileSync(file, 'utf8')));
}

function problemsIn(at: string, body: object, name: string, interfaces: Interfaces): string[] {
  const fields = interfaces.get(name) ?? new Map<string, Field>();
  const written = Object.entries(body).filter(([key]) => !meta.includes(key));
  const present = new Set(written.map(([key]) => camelCase(key)));
  const missing = [...fields].filter(([field, { isRequired }]) => isRequired && !present.has(field));
  return [
    ...missing.map(([field]) => `${at} needs ${field}`),
    ...written.flatMap(([key, value]) => {
      const field = fields.get(camelCase(key));
      if (field === undefined) return [`${at} takes no ${key}`];
      const blocks = Array.isArray(value) ? value.filter(isBlock) : [];
      return blocks.flatMap((block) => problemsIn(`${at}.${key}`, block, field.type, interfaces));
    }),
  ];
}

function filesOf(provider: string, type: string): string[] {
  return globSync(join(provider, type.replace(/^google_/, '').replaceAll('_', '-'), '**', '*.d.ts'));
}

function isBlock(value: unknown): value is object {
  return typeof value === 'object' && value !== null && '__is_block__' in value;
}

function interfacesIn(source: string): Interfaces {
  const found = new Map<string, Map<string, Field>>();
  for (const [, name = '', body = ''] of source.matchAll(/^export interface (\w+)[^{]*\{\n([\s\S]*?)^\}/gm)) {
    const fields = body.matchAll(/^ {4}readonly (\w+)(\?)?: (\w*)/gm);
    found.set(name, new Map(Array.from(fields, ([, field = '', optional, type = '']) => [field, { isRequired: optional === undefined, type }]))); // prettier-ignore
  }
  return found;
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
