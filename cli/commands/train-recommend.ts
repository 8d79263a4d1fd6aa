// `freshet train recommend`: makes the batch model for recommendations from the log, beside whatever runs.
import { ARTEFACT_FORMAT, ArtefactRefused } from '../../models/artefact.ts';
import type { Model, Rule } from '../../schemas/types.ts';
import { wallClock } from '../../streams/index.ts';
import { readArtefact, removeOldArtefacts, writeArtefact } from '../../training/artefact-file.ts';
import { fitWeights } from '../../training/fit-weights.ts';
import { rulesFor } from '../../training/placement-rules.ts';
import { learnPlacements, type PlacementWeights } from '../../training/placement-weights.ts';
import { promotedLatestFirst } from '../../training/promoted.ts';
import { readHistory, type TrainingInput } from '../../training/read-history.ts';
import { recipeNames } from '../../training/recipes.ts';
import { trainRecommend, type Champion, type Trained } from '../../training/train-recommend.ts';
import { exitCodes, isJson, Misused, textOption, type Arguments } from '../command.ts';
import { openTrainingLog, type TrainingLog } from '../train/history-log.ts';

export async function run(args: Arguments): Promise<number> {
  const algorithms = algorithmsOf(args);
  const isFitting = args.values['fit-weights'] === true;
  const place = await openTrainingLog(args);
  try {
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    say(`reading ${place.name}`);
    const input = await readHistory(place.log, place.prefix, {
      onProgress: (read, of) => say(`  ${read} of ${of} interactions`),
      withPlaced: isFitting,
    });
    const champion = await championOf(input, place, say);
    const nowMs = wallClock.nowMs();
    const trained = trainRecommend(input.history, input.items, {
      versionFor: (algorithm) => `${stamp(nowMs)}-${algorithm}`,
      algorithms,
      force: args.values['force'] === true,
      champion,
      onStep: (what) => say(`  ${what}`),
    });
    const fitted = isFitting ? withFittedWeights(trained, input, say) : withChampionsWeights(trained, champion);
    const learnt = isFitting ? withinPlacements(input, say) : [];
    const record = await keep(fitted, input, champion, place, { nowMs, rules: rulesFor(learnt, input.rules, nowMs) });
    process.stdout.write(
      isJson(args) ? `${JSON.stringify({ ...record, because: fitted.because })}\n` : told(record, fitted),
    );
    return exitCodes.done;
  } finally {
    await place.close();
  }
}

/** Learnt once, they hold until they are learnt again. */
function withChampionsWeights(trained: Trained, champion: Champion | null): Trained {
  const weights = champion?.model.weights ?? null;
  return weights === null ? trained : { ...trained, model: trained.model.withWeights(weights) };
}

function withFittedWeights(trained: Trained, { history, items }: TrainingInput, say: (line: string) => void): Trained {
  const { weights, byDefault, fitted } = fitWeights(history, items, trained.model, (what) => say(`  ${what}`));
  const metrics = { 'served_default_ndcg@20': byDefault, 'served_ndcg@20': fitted };
  return { ...trained, model: trained.model.withWeights(weights), metrics: { ...trained.metrics, ...metrics } };
}

function withinPlacements({ placed }: TrainingInput, say: (line: string) => void): PlacementWeights[] {
  const learnt = learnPlacements(placed);
  for (const { placement, factors, shown, taken } of learnt) {
    const told = Object.entries(factors).map(([name, factor]) => `${name} ${factor.toFixed(2)}`);
    say(`  ${placement}: ${taken} of ${shown} taken; ${told.join(', ') || 'nothing that is not so everywhere'}`);
  }
  return learnt;
}

/** The artefact first: a record must never lead to a file that is not there. */
async function keep(
  trained: Trained,
  { history, positions, models }: TrainingInput,
  champion: Champion | null,
  place: TrainingLog,
  { nowMs, rules }: { readonly nowMs: number; readonly rules: readonly Rule[] },
): Promise<Model> {
  const written = await writeArtefact(place.modelsDir, trained.model);
  const record: Model = {
    name: 'recommend',
    ...written,
    algorithm: trained.model.algorithm,
    created_at: nowMs,
    promoted_at: trained.isPromoted ? nowMs : null,
    artefact_format: ARTEFACT_FORMAT,
    trained_until: history.untilMs,
    positions: { ...positions },
    customers: trained.customers,
    items: trained.model.items,
    interactions: history.interactions,
    quarantined_customers: history.quarantined,
    parameters: { ...trained.parameters },
    metrics: { ...trained.metrics },
    champion: champion?.model.version ?? null,
  };
  await place.publish({ model: record, rules });
  await removeOldArtefacts(place.modelsDir, [...models, record]);
  return record;
}

/** As running systems have it: of those that can be used the one promoted last. */
async function championOf(
  { models }: TrainingInput,
  { modelsDir }: TrainingLog,
  say: (line: string) => void,
): Promise<Champion | null> {
  for (const record of promotedLatestFirst(models)) {
    try {
      return { model: await readArtefact(modelsDir, record), untilMs: record.trained_until };
    } catch (error) {
      if (!(error instanceof ArtefactRefused)) throw error;
      say(`  ${record.version} was promoted, but can't be used: ${error.message}`);
    }
  }
  return null;
}

function algorithmsOf(args: Arguments): string[] {
  const names = (textOption(args, 'algorithms') ?? '').split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !recipeNames.includes(name));
  if (unknown !== undefined) throw new Misused(`--algorithms are of ${recipeNames.join(', ')}, not ${unknown}`);
  return names;
}

/** `20260301T040000123Z`: versions in order of time, and two of one second are two. */
function stamp(nowMs: number): string {
  return new Date(nowMs).toISOString().replace(/[-:.]/g, '');
}

function told(record: Model, { metrics, because, isPromoted }: Trained): string {
  const { version, interactions, customers, items, quarantined_customers: quarantined } = record;
  const numbers = Object.entries(metrics).map(
    ([name, value]) => `${name} ${name === 'cases' ? value : value.toFixed(4)}`,
  );
  return (
    `${version} from ${interactions} interactions of ${customers} customers, ${items} items\n` +
    (quarantined > 0 ? `left out: ${quarantined} customers that act at a machine's rate\n` : '') +
    `${numbers.join(', ')}\n` +
    `${isPromoted ? 'promoted' : 'not promoted'}: ${because}\n`
  );
}
