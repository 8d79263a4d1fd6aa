// Files of baskets: a header with a customer, a basket, an item and a time, and a line for each thing bought.
import { EvaluationRefused } from '../errors.ts';
import { fieldsOf, headerOf, readLines, secondsOf, type Line } from '../read-lines.ts';

export interface RawBasket {
  readonly user: string;
  /** Each once, in the order of the file. */
  readonly items: readonly string[];
  readonly seconds: number;
}

/** In the order of the file. @throws EvaluationRefused */
export function readBaskets(path: string): RawBasket[] {
  const lines = readLines(path);
  const delimiter = /[\t,;]/.exec((lines[0] as Line).text)?.[0] ?? ',';
  const names = headerOf(lines, delimiter) ?? [];
  const column = (what: string, meant: RegExp) => {
    const place = names.findIndex((name) => meant.test(name));
    if (place < 0) throw new EvaluationRefused(`${path} needs a column for ${what}; it has ${names.join(', ') || 'no header'}`); // prettier-ignore
    return place;
  };
  const user = column('a customer', /user|customer|household/);
  const basket = column('a basket', /basket|order|invoice|transaction/);
  const item = column('an item', /item|product/);
  const time = column('a time', /^ts$|time|date/);
  const baskets = new Map<string, { user: string; items: Set<string>; seconds: number }>();
  for (const line of lines.slice(1)) {
    const fields = fieldsOf(line, delimiter);
    const [who = '', which = '', what = ''] = [fields[user], fields[basket], fields[item]];
    const seconds = secondsOf(fields[time]);
    if (who === '' || what === '' || Number.isNaN(seconds))
      throw new EvaluationRefused(`${path}, line ${line.number}: not a customer, a basket, an item and a time`);
    const key = `${who}\n${which}`;
    const known = baskets.get(key) ?? { user: who, items: new Set(), seconds };
    known.items.add(what);
    baskets.set(key, known);
  }
  return [...baskets.values()].map((each) => ({ ...each, items: [...each.items] }));
}
