// Fetches the artefacts of trained models from their folder, off the path of events, and says what became of each.
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Logger } from 'pino';
import { ArtefactRefused } from '../models/artefact.ts';
import type { FetchModel } from '../processors/lookups/models.ts';
import type { Model } from '../schemas/types.ts';
import { wallClock } from '../streams/index.ts';
import { readArtefact } from '../training/artefact-file.ts';

/** On a shared folder a file may be seen a little later than its record. */
const MISSING_TRIES = 3;
const AGAIN_MS = 1_000;
const SETTLING_MS = 20;

/** Of the folder that the settings name. */
export function modelFiles(folder: string, registry: Registry, logger: Logger): FetchModel {
  const fetches = new Counter({
    name: 'freshet_model_fetches_total',
    help: 'Artefacts of trained models that were to be used, by what became of it.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const trainedUntil = new Gauge({
    name: 'freshet_model_trained_until_seconds',
    help: 'Event time up to which the model in use was trained.',
    registers: [registry],
  });
  return (record, fetched, isWanted) => {
    const { version, file } = record;
    readInTime(folder, record, isWanted).then(
      (model) => {
        if (model === undefined) return;
        fetches.labels('used').inc();
        trainedUntil.set(record.trained_until / 1000);
        logger.info({ version, file }, 'a trained model is used from now on');
        fetched(model);
      },
      (error: unknown) => {
        const outcome = error instanceof ArtefactRefused ? error.reason : 'unreadable';
        fetches.labels(outcome).inc();
        const reason = error instanceof Error ? error.message : String(error);
        logger.warn({ version, file, outcome, reason }, 'a trained model can’t be used: the one before stays');
        fetched(null);
      },
    );
  };
}

/** Undefined when it is not wanted any more: at the start all records come one after the other, and the last one counts. */
async function readInTime(folder: string, record: Model, isWanted: () => boolean) {
  await wallClock.sleep(SETTLING_MS);
  for (let attempt = 1; ; attempt += 1) {
    if (!isWanted()) return undefined;
    try {
      return await readArtefact(folder, record);
    } catch (error) {
      const mayCome = error instanceof ArtefactRefused && error.reason === 'missing' && attempt < MISSING_TRIES;
      if (!mayCome) throw error;
      await wallClock.sleep(AGAIN_MS);
    }
  }
}
