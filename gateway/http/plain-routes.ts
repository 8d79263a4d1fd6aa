// Finds the route of a plain address, segment by segment, so that what is asked for often need not go through Express, which tries
// its routes one after the other. What is not plain (an escape, a method that no route has, an unknown path) is left to Express: it
// knows all that an address can be, and ends in the same place.

export type PathParams = Readonly<Record<string, string>>;

export interface PlainRoute<T> {
  readonly of: T;
  readonly params: PathParams;
}

interface Node<T> {
  readonly byName: Map<string, Node<T>>;
  parameter: { readonly name: string; readonly node: Node<T> } | undefined;
  /** What is here, by method. */
  readonly byMethod: Map<string, T>;
}

export class PlainRoutes<T> {
  readonly #root = node<T>();

  /** `path` in Express’s style: `/items/:item_id`. @throws Error when paths differ in ways that Express decides by their order */
  add(method: string, path: string, of: T): void {
    let at = this.#root;
    for (const segment of path.slice(1).split('/')) at = child(at, segment, path);
    if (at.byMethod.has(method)) throw new Error(`there are two routes ${method} ${path}`);
    at.byMethod.set(method, of);
  }

  find(method: string, url: string): PlainRoute<T> | undefined {
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    if (!plainPath.test(path)) return undefined;
    let at: Node<T> | undefined = this.#root;
    let params = noParams;
    for (let start = 1; at !== undefined && start <= path.length;) {
      const slash = path.indexOf('/', start);
      const end = slash < 0 ? path.length : slash;
      const segment = path.slice(start, end);
      const next: Node<T> | undefined = at.byName.get(segment);
      if (next === undefined && at.parameter !== undefined && segment !== '')
        params = { ...params, [at.parameter.name]: segment };
      at = next ?? (segment === '' ? undefined : at.parameter?.node);
      start = end + 1;
    }
    const of = at?.byMethod.get(method);
    return of === undefined ? undefined : { of, params };
  }
}

/** Characters that stand for themselves in a path, and nothing else. */
const plainPath = /^\/[\w.:~!$&'()*+,;=@/-]*$/;
const noParams: PathParams = {};

function node<T>(): Node<T> {
  return { byName: new Map(), parameter: undefined, byMethod: new Map() };
}

function child<T>(at: Node<T>, segment: string, path: string): Node<T> {
  const name = segment.startsWith(':') ? segment.slice(1) : undefined;
  const isAmbiguous = name === undefined ? at.parameter !== undefined : at.byName.size > 0;
  const isNamedTwice = name !== undefined && at.parameter !== undefined && at.parameter.name !== name;
  if (isAmbiguous || isNamedTwice) throw new Error(`${path}: ${segment} stands where another route has something else`);
  if (name !== undefined) return (at.parameter ??= { name, node: node() }).node;
  const known = at.byName.get(segment) ?? node();
  at.byName.set(segment, known);
  return known;
}
