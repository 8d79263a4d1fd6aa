// The protocol `sessions`: for every test session i₁ … iₙ and every prefix of at least so many items, the items are ranked, and the next
// item of the session is the one that is right. Equal scores by smaller id; nothing is left out unless said so.
import { performance } from 'node:perf_hooks';
import { seededRandom } from '../../streams/random.ts';
import { EvaluationRefused } from '../errors.ts';
import {
  describeChosen,
  pickAlgorithms,
  type AlgorithmResult,
  type Chosen,
  type Evaluation,
  type Progress,
} from '../evaluation.ts';
import { Tally } from '../tally.ts';
import type { RawSession } from './read-sessions.ts';
import { sessionAlgorithms, type SessionAlgorithm, type SessionRecommender } from './session-algorithms.ts';
import { clicksByItem, cutValidation, numbered, trainingData, type SessionData } from './session-data.ts';

export interface SessionsOptions {
  /** Items that a prefix has at least. */
  readonly minPrefix: number;
  readonly ks: readonly number[];
  /** Empty: the one that does best on the validation split. */
  readonly algorithms: readonly string[];
  /** The share of test sessions that is looked at, the same ones for all. */
  readonly sample: number;
  /** The item looked at can't be the answer, as in a shop that doesn't offer it: its place goes to the next one. */
  readonly withoutCurrent: boolean;
  /** Test sessions that end in this range only, seconds since 1970. */
  readonly fromSeconds?: number;
  readonly untilSeconds?: number;
  readonly progress: Progress;
}

/** Enough to tell parameters apart; sessions are taken evenly from the whole split. */
const VALIDATION_SESSIONS_MAX = 1500;
/** The latest sessions that parameters are chosen on, so that choosing takes minutes however many there are. */
const CHOICE_SESSIONS_MAX = 300_000;
const SAMPLE_SEED = 17;
const TIME_SLICES = 10;
const PROGRESS_EVERY = 200;

export function evaluateSessions(
  train: readonly RawSession[],
  test: readonly RawSession[],
  options: SessionsOptions,
): Evaluation {
  const data = trainingData(train);
  if (data.items.count === 0) throw new EvaluationRefused('nothing to learn from: the training has no session'); // prettier-ignore
  const tested = sampled(within(test, options), options.sample).map((session) => numbered(session, data.items));
  if (!tested.some((session) => session.length > options.minPrefix))
    throw new EvaluationRefused(`no test session has more than ${options.minPrefix} items: nothing to evaluate`);
  const isChosen = options.algorithms.length === 0;
  const candidates = isChosen ? sessionAlgorithms : pickAlgorithms(sessionAlgorithms, options.algorithms);
  const { chosen, tried } = chooseParameters(data, candidates, options);
  const used = isChosen ? chosen.slice(0, 1) : options.algorithms.map((name) => chosen.find(({ algorithm }) => algorithm === name) as Chosen); // prettier-ignore
  const results = used.map(({ algorithm, parameters }) => {
    const definition = candidates.find(({ name }) => name === algorithm) as SessionAlgorithm;
    return evaluateOne(data, tested, definition, parameters, options);
  });
  return {
    protocol: 'sessions',
    sizes: {
      train_sessions: train.length,
      items: data.items.count,
      test_sessions: tested.length,
      events: results[0]?.tally.events ?? 0,
    },
    ks: options.ks,
    results,
    chosen,
    tried,
    isChosen,
  };
}

/** The best first. */
function chooseParameters(
  data: SessionData,
  candidates: readonly SessionAlgorithm[],
  options: SessionsOptions,
): Pick<Evaluation, 'chosen' | 'tried'> {
  if (candidates.length === 1 && candidates[0]?.choices.length === 1)
    return { chosen: [{ algorithm: candidates[0].name, parameters: candidates[0].choices[0] ?? {}, validation: NaN }], tried: [] }; // prettier-ignore
  const { train, validation } = cutValidation({
    items: data.items,
    sessions: data.sessions.slice(-CHOICE_SESSIONS_MAX),
  });
  const step = Math.max(1, Math.ceil(validation.length / VALIDATION_SESSIONS_MAX));
  const looked = validation.filter((_, at) => at % step === 0);
  const key = `ndcg@${Math.max(...options.ks)}`;
  const all = candidates.flatMap((algorithm) => algorithm.choices.map((parameters) => ({ algorithm, parameters })));
  const tried = all.map(({ algorithm, parameters }, at): Chosen => {
    options.progress.show(`trying ${describeChosen({ algorithm: algorithm.name, parameters })}`, at, all.length);
    const tally = replaySessions(train, looked, algorithm.fit(train, parameters), options);
    const chosen = { algorithm: algorithm.name, parameters, validation: tally.mean(key) };
    options.progress.note(`tried ${describeChosen(chosen)}: ${key} ${chosen.validation.toFixed(4)}`);
    return chosen;
  });
  const chosen = candidates
    .map(({ name }) => bestOf(tried.filter(({ algorithm }) => algorithm === name)))
    .sort((one, other) => other.validation - one.validation);
  return { chosen, tried };
}

/** The first of equal ones. */
function bestOf(tried: readonly Chosen[]): Chosen {
  return tried.reduce((best, one) => (one.validation > best.validation ? one : best));
}

function evaluateOne(
  data: SessionData,
  tested: readonly Int32Array[],
  { name, fit }: SessionAlgorithm,
  parameters: Chosen['parameters'],
  options: SessionsOptions,
): AlgorithmResult {
  options.progress.show(`${name}: learning`, 0, 1);
  const startedMs = performance.now();
  const recommender = fit(data, parameters);
  const fitMs = performance.now() - startedMs;
  const tally = replaySessions(data, tested, recommender, options, (done) =>
    options.progress.show(name, done, tested.length),
  );
  return { algorithm: name, parameters, modelBytes: recommender.bytes, fitMs, tally };
}

/** Asks for a list at each step of the sessions. */
export function replaySessions(
  data: SessionData,
  tested: readonly Int32Array[],
  recommender: SessionRecommender,
  { ks, minPrefix, withoutCurrent }: Pick<SessionsOptions, 'ks' | 'minPrefix' | 'withoutCurrent'>,
  onProgress: (done: number) => void = () => {},
): Tally {
  const tally = new Tally(tested.length, ks, clicksByItem(data));
  const limit = Math.max(...ks) + (withoutCurrent ? 1 : 0);
  for (const [group, session] of tested.entries()) {
    if (group % PROGRESS_EVERY === 0) onProgress(group);
    const seen: number[] = [...session.subarray(0, minPrefix)];
    for (let at = minPrefix; at < session.length; at += 1) {
      const next = session[at] as number;
      const startedMs = performance.now();
      const answer = recommender.recommend(seen, limit);
      const elapsedMs = performance.now() - startedMs;
      const list = withoutCurrent ? Array.from(answer).filter((item) => item !== seen.at(-1)) : answer;
      const time = 1 + Math.floor((group * TIME_SLICES) / tested.length);
      const slices = [historySlice(at), `tenth ${time} of the test`, next === seen.at(-1) ? 'same item again' : seen.includes(next) ? 'item seen before' : 'item new to the session']; // prettier-ignore
      tally.add({ group, relevant: [next], list, slices, elapsedMs });
      seen.push(next);
    }
  }
  return tally;
}

function historySlice(length: number): string {
  if (length <= 3) return `after ${length} item${length === 1 ? '' : 's'}`;
  if (length <= 5) return 'after 4 to 5 items';
  return length <= 10 ? 'after 6 to 10 items' : 'after more than 10 items';
}

function within(test: readonly RawSession[], { fromSeconds, untilSeconds }: SessionsOptions): readonly RawSession[] {
  if (fromSeconds === undefined && untilSeconds === undefined) return test;
  if (test.some(({ endSeconds }) => endSeconds === undefined))
    throw new EvaluationRefused('--from and --until need test sessions with times');
  return test.filter(
    ({ endSeconds = 0 }) => endSeconds >= (fromSeconds ?? -Infinity) && endSeconds < (untilSeconds ?? Infinity),
  );
}

function sampled<T>(all: readonly T[], share: number): readonly T[] {
  if (share >= 1) return all;
  const random = seededRandom(SAMPLE_SEED);
  return all.filter(() => random() < share);
}
