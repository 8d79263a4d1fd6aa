// A model is trained beside the running system and put to use without a restart.
import { setTimeout as sleep } from 'node:timers/promises';
import { runFreshet, type Environment, type FreshetProcess } from '../../test/end-to-end/freshet-process.ts';

const IN_USE_WITHIN_MS = 120_000;

/** From all that is in the log. @throws Error when it fails, or no list is made with the model in time. */
export async function trainAndUse(environment: Environment, gateway: FreshetProcess): Promise<string> {
  const run = await runFreshet(['train', 'recommend', '--force', '--json'], environment);
  if (run.code !== 0) throw new Error(`the training failed:\n${run.output}`);
  const { version } = JSON.parse(run.output.slice(run.output.indexOf('{'))) as { version: string };
  for (const untilMs = Date.now() + IN_USE_WITHIN_MS; !(await isInUse(gateway, version)); await sleep(200)) {
    if (Date.now() > untilMs) throw new Error(`no list was made with the model ${version}`);
  }
  return version;
}

/** A new event makes a new list, which names the model. */
async function isInUse(gateway: FreshetProcess, version: string): Promise<boolean> {
  const event = { customer_id: 'who-asks-for-the-model', event_type: 'search' };
  const { position } = (await gateway.ask('POST', '/api/v1/interactions', event)).json<{ position: string }>();
  const path = `/api/v1/recommendations/${event.customer_id}?min_position=${position}`;
  return (await gateway.ask('GET', path)).json<{ model: string }>().model.includes(version);
}
