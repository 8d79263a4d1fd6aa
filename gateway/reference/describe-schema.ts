// JSON Schemas in words: what a value may be, and the fields of an object one by one.
import type { SchemaObject } from '../contract/document.ts';
import { html, inline, type Html } from './html.ts';

const componentPrefix = '#/components/schemas/';

export function schemaAnchor(name: string): string {
  return `schema-${name}`;
}

/** Such as "whole number, 1 to 100, 10 when left out". */
export function kindOf(schema: SchemaObject): Html {
  const values = kindsOf(schema);
  return html`${values.map((kind, index) => html`${separator(index, values.length)}${kind}`)}${limitsOf(schema)}`;
}

/** A list of names with what each is; objects within are written out, so that nobody has to look elsewhere for them. */
export function fieldList(schema: SchemaObject): Html | undefined {
  const fields = fieldsOf(schema);
  if (fields.length === 0) return undefined;
  return html`<dl class="fields">
    ${fields.map(
      ({ name, field, must }) =>
        html`<div>
          <dt><code>${name}</code> <span class="kind">${kindOf(field)}</span>${must && html` <b>must be given</b>`}</dt>
          ${field.description !== undefined && html`<dd>${inline(field.description)}</dd>`}
        </div>`,
    )}
  </dl>`;
}

interface FieldShown {
  readonly name: string;
  readonly field: SchemaObject;
  readonly must: boolean;
}

function fieldsOf(schema: SchemaObject, prefix = ''): FieldShown[] {
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  if (alternatives.length > 0) return alternatives.flatMap((each) => fieldsOf(each, prefix));
  if (schema.items !== undefined) return fieldsOf(schema.items, `${prefix}[]`);
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const at = prefix === '' ? name : `${prefix}.${name}`;
    const must = schema.required?.includes(name) === true;
    return [{ name: at, field, must }, ...fieldsOf(field, at)];
  });
}

function kindsOf(schema: SchemaObject): Html[] {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.flatMap(kindsOf);
  if (schema.$ref !== undefined) return [reference(schema.$ref)];
  if (schema.enum !== undefined) return schema.enum.map((value) => html`<code>${String(value)}</code>`);
  const types = schema.type === undefined ? ['anything'] : [schema.type].flat();
  return types.map((type) => kindOfType(type, schema));
}

function kindOfType(type: string, schema: SchemaObject): Html {
  if (type === 'array') return html`list of ${schema.items === undefined ? 'anything' : kindOf(schema.items)}`;
  if (type === 'string' && schema.format === 'date-time') return html`time`;
  if (type === 'object' && typeof schema.additionalProperties === 'object')
    return html`by name: ${kindOf(schema.additionalProperties)}`;
  return html`${words.get(type) ?? type}`;
}

const words: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['integer', 'whole number'],
  ['number', 'number'],
  ['boolean', 'true or false'],
  ['object', 'object'],
]);

function limitsOf(schema: SchemaObject): Html {
  const { minimum, maximum, maxLength, maxItems, maxProperties, default: byDefault } = schema;
  const limits = [
    ...(minimum !== undefined && maximum !== undefined ? [`${minimum} to ${maximum}`] : []),
    ...(maxLength === undefined ? [] : [`up to ${maxLength} characters`]),
    ...(maxItems === undefined ? [] : [`up to ${maxItems} entries`]),
    ...(maxProperties === undefined ? [] : [`up to ${maxProperties} entries`]),
    ...(byDefault === undefined ? [] : [`${String(byDefault as string | number | boolean)} when left out`]),
  ];
  return html`${limits.map((limit) => `, ${limit}`)}`;
}

function reference(target: string): Html {
  const name = target.slice(componentPrefix.length);
  return html`<a href="#${schemaAnchor(name)}">${name}</a>`;
}

function separator(index: number, count: number): string {
  if (index === 0) return '';
  return index === count - 1 ? ' or ' : ', ';
}
