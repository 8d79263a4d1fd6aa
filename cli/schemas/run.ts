// What `freshet schemas apply` and `check` have in common: they go from place to place, say what they find and how it ended.
import { DependencyUnavailable } from '../../streams/index.ts';
import { exitCodes, isJson, ServerAway, type Arguments } from '../command.ts';
import { plainText } from '../plain-text.ts';
import { bringUp, type Difference } from './bring-up.ts';
import { places } from './places.ts';

/** @throws ServerAway when the registry does not answer; what was printed before was done. */
export async function runOn(args: Arguments, { apply }: { apply: boolean }): Promise<number> {
  const differences: Difference[] = [];
  try {
    for (const place of places()) {
      for await (const difference of bringUp(place, { apply })) {
        differences.push(difference);
        if (!isJson(args)) process.stdout.write(`${plainText(line(difference))}\n`);
      }
      // What is not kept has no version that could be registered.
      if (differences.some(isOpen)) break;
    }
  } catch (error) {
    if (error instanceof DependencyUnavailable) throw new ServerAway(error.message, { cause: error });
    throw error;
  }
  const open = differences.filter(isOpen);
  if (isJson(args)) process.stdout.write(`${JSON.stringify({ differences })}\n`);
  else process.stdout.write(`${summary(differences.length, open.length, apply)}\n`);
  return open.length === 0 ? exitCodes.done : exitCodes.failed;
}

function isOpen({ done }: Difference): boolean {
  return !done;
}

function line(difference: Difference): string {
  const { place, subject, what, done } = difference;
  const at = `${place}: ${subject}`;
  if (what === 'refused') return `${at} version ${difference.version} is refused: ${difference.reason}`;
  if (what === 'rule') {
    const { rule, before } = difference;
    return `${at} ${done ? 'now has' : 'would get'} the rule ${rule}${before === null ? '' : ` in place of ${before}`}`;
  }
  return `${at} version ${difference.version} ${done ? `is new, with id ${difference.id}` : 'is missing'}`;
}

function summary(all: number, open: number, apply: boolean): string {
  if (all === 0) return 'All schemas are known.';
  if (!apply)
    return `${all} to be mended by freshet schemas apply, as far as they are not refused. Nothing was changed.`;
  return open === 0 ? `Done: ${all} changes.` : `${all - open} changes made, ${open} refused.`;
}
