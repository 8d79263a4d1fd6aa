// `freshet evaluate`: how good lists are, proved by replay.
import { access, constants, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { evaluateBaskets } from '../../evaluation/baskets/evaluate-baskets.ts';
import { readBaskets } from '../../evaluation/baskets/read-baskets.ts';
import { evaluateCounterfactual } from '../../evaluation/counterfactual/evaluate-counterfactual.ts';
import { evaluateTrials, WITHOUT_TRIALS, type ShownPlace } from '../../evaluation/counterfactual/evaluate-trials.ts';
import { readImpressions } from '../../evaluation/counterfactual/read-impressions.ts';
import { compare, type Evaluation } from '../../evaluation/evaluation.ts';
import { evaluatePrequential } from '../../evaluation/prequential/evaluate-prequential.ts';
import { counterfactualJson, counterfactualTable } from '../../evaluation/report/counterfactual-report.ts';
import { resultHtml } from '../../evaluation/report/result-html.ts';
import { resultJson } from '../../evaluation/report/result-json.ts';
import { resultTable } from '../../evaluation/report/result-table.ts';
import { evaluateSessions } from '../../evaluation/sessions/evaluate-sessions.ts';
import { readAllSessions } from '../../evaluation/sessions/read-sessions.ts';
import { evaluateTopn } from '../../evaluation/topn/evaluate-topn.ts';
import { readInteractions, type RawInteraction } from '../../evaluation/topn/read-interactions.ts';
import { readCategories, readTexts } from '../../evaluation/topn/read-texts.ts';
import { leaveLastOut, type TimeRange } from '../../evaluation/topn/topn-data.ts';
import { eventTypes } from '../../training/fit-weights.ts';
import type { History } from '../../training/history.ts';
import { readHistory } from '../../training/read-history.ts';
import { openTrainingLog } from '../train/history-log.ts';
import { wallClock } from '../../streams/index.ts';
import { countOption, exitCodes, isJson, Misused, textOption, type Arguments } from '../command.ts';
import { EvaluationProgress } from '../evaluate/evaluation-progress.ts';

const DEFAULT_K = [10, 20];
const DEFAULT_WEIGHT_MAX = 10;

interface Asked {
  readonly train: readonly string[];
  readonly test: readonly string[];
  readonly ks: readonly number[];
  readonly algorithms: readonly string[];
  readonly sample: number;
  readonly progress: EvaluationProgress;
}

const protocols: Readonly<Record<string, (args: Arguments, asked: Asked) => Evaluation>> = {
  sessions,
  topn,
  prequential,
  baskets,
};

export async function run(args: Arguments): Promise<number> {
  const protocol = oneOf(textOption(args, 'protocol') ?? '', [...Object.keys(protocols), 'counterfactual']);
  for (const name of unheeded(args, protocol)) process.stderr.write(`--${name} says nothing in --protocol ${protocol}\n`); // prettier-ignore
  const isOfLog = args.values['log'] === true;
  if (isOfLog && protocol !== 'prequential' && protocol !== 'counterfactual')
    throw new Misused('--log is for --protocol prequential and counterfactual');
  if (protocol === 'counterfactual') return counterfactual(args, isOfLog);
  const html = textOption(args, 'html');
  if (html !== undefined) await mustBeWritable(html);
  const progress = new EvaluationProgress(process.stderr, wallClock);
  const pair = listOption(args, 'compare');
  if (pair.length !== 0 && pair.length !== 2) throw new Misused('--compare wants two algorithms: --compare a,b');
  const asked = {
    train: protocol === 'prequential' || protocol === 'baskets' ? listOption(args, 'train') : filesOf(args, 'train'),
    test: isOfLog || (protocol === 'topn' && args.values['leave-last-out'] === true) ? [] : filesOf(args, 'test'),
    ks: cutsOf(args),
    algorithms: [...new Set([...listOption(args, 'algorithms'), ...pair])],
    sample: shareOption(args, 'sample') ?? 1,
    progress,
  };
  const evaluation = isOfLog ? await ofLog(args, asked) : (protocols[protocol]?.(args, asked) as Evaluation);
  progress.clear();
  const [first, second] = pair;
  const comparison = first === undefined || second === undefined ? undefined : compare(evaluation, first, second);
  const timings = args.values['without-timings'] !== true;
  if (isJson(args)) process.stdout.write(`${JSON.stringify(resultJson(evaluation, comparison, { timings }))}\n`);
  else process.stdout.write(resultTable(evaluation, comparison, timings));
  if (html !== undefined) await writeFile(html, resultHtml(evaluation, comparison, { timings }));
  return exitCodes.done;
}

/** Found out before the work, which may take minutes. */
async function mustBeWritable(path: string): Promise<void> {
  try {
    await access(dirname(resolve(path)), constants.W_OK);
  } catch {
    throw new Misused(`--html: no file can be written at ${path}`); // whatever keeps it from being written
  }
}

async function counterfactual(args: Arguments, isOfLog: boolean): Promise<number> {
  const weightMax = numberOption(args, 'weight-max') ?? DEFAULT_WEIGHT_MAX;
  if (!(weightMax > 0)) throw new Misused(`--weight-max wants a number above 0, not ${weightMax}`);
  const policies = listOption(args, 'algorithms');
  if (isOfLog && policies.some((policy) => policy !== WITHOUT_TRIALS))
    throw new Misused(`the policy that --log is asked for is ${WITHOUT_TRIALS}`);
  const [train = [], test = []] = isOfLog ? [] : ['train', 'test'].map((name) => filesOf(args, name).flatMap(readImpressions)); // prettier-ignore
  const evaluation = isOfLog
    ? evaluateTrials(await shownPlaces(args), weightMax)
    : evaluateCounterfactual(train, test, { policies, weightMax });
  process.stdout.write(
    isJson(args) ? `${JSON.stringify(counterfactualJson(evaluation))}\n` : counterfactualTable(evaluation),
  );
  return exitCodes.done;
}

/** Of lists in the log, without those of customers who refuse or are programs. */
async function shownPlaces(args: Arguments): Promise<ShownPlace[]> {
  const place = await openTrainingLog(args);
  try {
    const { placed } = await readHistory(place.log, place.prefix, { withPlaced: true });
    return placed.map(({ algorithm, ...rest }) => ({ ...rest, isTriedOut: algorithm === 'exploration' }));
  } finally {
    await place.close();
  }
}

function sessions(args: Arguments, { train, test, ...asked }: Asked): Evaluation {
  return evaluateSessions(readAllSessions(train), readAllSessions(test), {
    ...asked,
    minPrefix: countOption(args, 'min-prefix', 1) ?? 1,
    withoutCurrent: args.values['without-current'] === true,
    ...rangeOf(args),
  });
}

function topn(args: Arguments, { train, test, ...asked }: Asked): Evaluation {
  const all = train.flatMap(readInteractions);
  const split =
    args.values['leave-last-out'] === true ? leaveLastOut(all) : { train: all, test: test.flatMap(readInteractions) };
  const minRating = numberOption(args, 'min-rating');
  const texts = listOption(args, 'items').map(readTexts);
  const diversity = numberOption(args, 'diversity') ?? 0;
  if (!(diversity >= 0 && diversity <= 1))
    throw new Misused(`--diversity wants a number from 0 to 1, not ${diversity}`);
  if (diversity > 0 && texts.length === 0)
    throw new Misused('--diversity needs --items, to know which items are alike');
  return evaluateTopn(split.train, split.test, {
    ...asked,
    ...rangeOf(args),
    diversity,
    ...(minRating === undefined ? {} : { minRating }),
    ...(texts.length === 0 ? {} : { texts: new Map(texts.flatMap((each) => [...each])) }),
  });
}

function prequential(args: Arguments, { train, test, ...asked }: Asked): Evaluation {
  const minRating = numberOption(args, 'min-rating');
  const limit = countOption(args, 'limit', 1);
  return evaluatePrequential(train.flatMap(readInteractions), test.flatMap(readInteractions), {
    ...asked,
    ...rangeOf(args),
    ...(minRating === undefined ? {} : { minRating }),
    ...(limit === undefined ? {} : { limit }),
  });
}

/** What is in the log, without those who refuse or are programs, with the catalogue as it is now. */
async function ofLog(args: Arguments, asked: Asked): Promise<Evaluation> {
  const place = await openTrainingLog(args);
  try {
    asked.progress.note(`reading ${place.name}`);
    const { history, items } = await readHistory(place.log, place.prefix);
    const limit = countOption(args, 'limit', 1);
    return evaluatePrequential([], interactionsOf(history), {
      ...asked,
      ...rangeOf(args),
      described: items,
      ...(limit === undefined ? {} : { limit }),
    });
  } finally {
    await place.close();
  }
}

function interactionsOf({ customers, items }: History): RawInteraction[] {
  return customers.flatMap(({ customerId, deeds }) =>
    deeds.map(({ item, atMs, kind, channel }) => ({
      user: customerId,
      item: items[item] as string,
      rating: Infinity,
      time: atMs,
      isTimed: true,
      deed: { eventType: eventTypes[kind], channel },
    })),
  );
}

function baskets(args: Arguments, { train, test, ...asked }: Asked): Evaluation {
  const categories = listOption(args, 'items').map(readCategories);
  return evaluateBaskets(train.flatMap(readBaskets), test.flatMap(readBaskets), {
    ...asked,
    ...rangeOf(args),
    ...(categories.length === 0 ? {} : { categories: new Map(categories.flatMap((each) => [...each])) }),
  });
}

function rangeOf(args: Arguments): TimeRange {
  const [fromSeconds, untilSeconds] = [secondsOption(args, 'from'), secondsOption(args, 'until')];
  return {
    ...(fromSeconds === undefined ? {} : { fromSeconds }),
    ...(untilSeconds === undefined ? {} : { untilSeconds }),
  };
}

/** Options that are for some protocols only. */
const heeded: Readonly<Record<string, readonly string[]>> = {
  'leave-last-out': ['topn'],
  'min-rating': ['topn', 'prequential'],
  limit: ['prequential'],
  'min-prefix': ['sessions'],
  'without-current': ['sessions'],
  items: ['topn', 'baskets'],
  diversity: ['topn'],
  'weight-max': ['counterfactual'],
  ...Object.fromEntries(['k', 'sample', 'from', 'until', 'compare', 'html'].map((name) => [name, Object.keys(protocols)])), // prettier-ignore
};

function unheeded({ values }: Arguments, protocol: string): string[] {
  return Object.entries(heeded).flatMap(([name, by]) => (values[name] === undefined || by.includes(protocol) ? [] : [name])); // prettier-ignore
}

function oneOf(name: string, all: readonly string[]): string {
  if (!all.includes(name)) throw new Misused(`--protocol is one of ${all.join(', ')}, not ${name || 'nothing'}`);
  return name;
}

function filesOf(args: Arguments, name: string): string[] {
  const files = listOption(args, name);
  if (files.length === 0) throw new Misused(`--${name} is missing: the file, or several joined by commas`);
  return files;
}

function cutsOf(args: Arguments): readonly number[] {
  const texts = listOption(args, 'k');
  const ks = texts.map(Number);
  if (!ks.every((k) => Number.isSafeInteger(k) && k >= 1 && k <= 1000))
    throw new Misused(`--k wants whole numbers from 1 to 1000, joined by commas, not ${texts.join(',')}`);
  return ks.length === 0 ? DEFAULT_K : [...new Set(ks)].sort((one, other) => one - other);
}

function listOption(args: Arguments, name: string): string[] {
  return (textOption(args, name) ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function shareOption(args: Arguments, name: string): number | undefined {
  const text = textOption(args, name);
  if (text === undefined) return undefined;
  const share = Number(text);
  if (!(share > 0 && share <= 1)) throw new Misused(`--${name} wants a share above 0, up to 1, not ${text}`);
  return share;
}

function numberOption(args: Arguments, name: string): number | undefined {
  const text = textOption(args, name);
  if (text === undefined) return undefined;
  if (text.trim() === '' || !Number.isFinite(Number(text))) throw new Misused(`--${name} wants a number, not ${text}`);
  return Number(text);
}

function secondsOption(args: Arguments, name: string): number | undefined {
  const text = textOption(args, name);
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms))
    throw new Misused(`--${name} wants a time such as 2026-03-01 or 2026-03-01T12:00Z, not ${text}`);
  return ms / 1000;
}
