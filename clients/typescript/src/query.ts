// Parameters as they stand in an address. Lists and objects are written as the API wants them.

type Value = string | number | boolean | readonly string[] | Readonly<Record<string, string>> | undefined;

/** `?limit=3&category=a,b&context.page=home`, or nothing. */
export function queryText(parameters: object): string {
  // The types of queries are interfaces, which no Record takes.
  const query = new URLSearchParams(
    Object.entries(parameters as Record<string, Value>).flatMap(([name, value]) => pairs(name, value)),
  );
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

function pairs(name: string, value: Value): [string, string][] {
  if (value === undefined) return [];
  if (typeof value !== 'object') return [[name, String(value)]];
  if (isList(value)) return value.length === 0 ? [] : [[name, value.join(',')]];
  return Object.entries(value).map(([inner, text]) => [`${name}.${inner}`, text]);
}

function isList(value: object): value is readonly string[] {
  return Array.isArray(value);
}
