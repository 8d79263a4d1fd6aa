// Files of what was shown, with what probability, and whether it was clicked: the columns of the Open Bandit Dataset, found by their names.
import { EvaluationRefused } from '../errors.ts';
import { delimiterOf, fieldsOf, firstDelimiterOf, readLines, type Line } from '../read-lines.ts';

export interface Impression {
  readonly item: string;
  readonly position: string;
  readonly reward: number;
  /** Undefined when the file has no propensities. */
  readonly propensity: number | undefined;
}

/** @throws EvaluationRefused */
export function readImpressions(path: string): Impression[] {
  const all = readLines(path);
  const delimiter = delimiterOf(all) ?? firstDelimiterOf(all) ?? ',';
  const [header, ...lines] = all;
  const names = fieldsOf(header as Line, delimiter).map((name) => name.toLowerCase());
  const item = names.indexOf('item_id');
  const click = names.findIndex((name) => name === 'click' || name === 'reward');
  const position = names.indexOf('position');
  const propensity = names.findIndex((name) => name.startsWith('propensity'));
  if (item < 0 || click < 0)
    throw new EvaluationRefused(
      `${path} needs the columns item_id and click; it has ${names.slice(0, 8).join(', ')} …`,
    );
  return lines.map((line) => {
    const fields = fieldsOf(line, delimiter);
    const { [item]: itemId = '', [click]: clicked = '' } = fields;
    const reward = clicked === '' ? NaN : Number(clicked);
    const probability = propensity < 0 ? undefined : Number(fields[propensity]);
    const isUsable = probability === undefined || (probability > 0 && probability <= 1);
    if (itemId === '' || !Number.isFinite(reward) || !isUsable)
      throw new EvaluationRefused(`${path}, line ${line.number}: not an item, a click and a propensity in (0, 1]`);
    return { item: itemId, position: fields[position] ?? '', reward, propensity: probability };
  });
}
