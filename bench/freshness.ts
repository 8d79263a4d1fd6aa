// How long after its POST an event shows in the customer's recommendations, over HTTP, at 200 and at 1,000 events per second.
import { setTimeout as sleep } from 'node:timers/promises';
import { createShop } from '../demo/shop.ts';
import type { Interaction } from '../schemas/types.ts';
import type { FreshetProcess } from '../test/end-to-end/freshet-process.ts';
import { shopInteractions } from './lib/backlog.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';
import { postBody } from './lib/post-body.ts';
import { cpuSecondsOf } from './lib/process-cost.ts';
import { quantiles, rounded } from './lib/quantiles.ts';
import { withShop } from './lib/shop-folder.ts';

const SEED = 1;
const RATES = [200, 1_000];
const WARM_UP_SECONDS = 5;
const SAMPLES_PER_SECOND = 50;
/** Fewer than the client's connections, so that the reads find one. */
const POSTS_AT_ONCE = 40;

export function run({ seconds = 20 }: BenchOptions): Promise<Figures> {
  return withShop(async (freshet) => {
    const figures: Record<string, Figures> = {};
    for (const perSecond of RATES) {
      await new Load(freshet, perSecond).run(WARM_UP_SECONDS);
      figures[`at_${perSecond}_per_second`] = await new Load(freshet, perSecond).run(seconds);
      console.log(`${perSecond}/s:`, figures[`at_${perSecond}_per_second`]);
    }
    return { goal_readable_ms_p99: 50, seconds, ...figures };
  });
}

/** Sends at a steady rate, whatever the answers take, up to a number of requests under way. */
class Load {
  readonly #freshet: FreshetProcess;
  readonly #perSecond: number;
  readonly #events: Iterator<Interaction>;
  readonly #postMs: number[] = [];
  readonly #readableMs: number[] = [];
  #underWay = 0;
  #notReached = 0;

  constructor(freshet: FreshetProcess, perSecond: number) {
    this.#freshet = freshet;
    this.#perSecond = perSecond;
    this.#events = shopInteractions(createShop(SEED), Date.now(), perSecond);
  }

  async run(seconds: number): Promise<Figures> {
    const startMs = performance.now();
    const cpuBefore = cpuSecondsOf(this.#freshet.pid);
    const sampleEvery = Math.max(1, Math.round(this.#perSecond / SAMPLES_PER_SECOND));
    const sent: Promise<void>[] = [];
    for (let number = 0; number < seconds * this.#perSecond; number += 1) {
      const dueMs = startMs + (number * 1000) / this.#perSecond;
      while (performance.now() < dueMs || this.#underWay >= POSTS_AT_ONCE) await sleep(1);
      sent.push(this.#send(number % sampleEvery === 0));
    }
    const sendingSeconds = (performance.now() - startMs) / 1000;
    await Promise.all(sent);
    const cpu = cpuSecondsOf(this.#freshet.pid);
    return {
      sent_per_second: Math.round(sent.length / sendingSeconds),
      readable_ms: quantiles(this.#readableMs),
      post_ms: quantiles(this.#postMs),
      not_reached: this.#notReached,
      server_cpu_us_per_event:
        cpu === null || cpuBefore === null ? null : rounded(((cpu - cpuBefore) * 1e6) / sent.length),
    };
  }

  async #send(sampled: boolean): Promise<void> {
    const interaction = this.#events.next().value as Interaction; // endless
    const startMs = performance.now();
    this.#underWay += 1;
    const reply = await this.#freshet.ask('POST', '/api/v1/interactions', postBody(interaction));
    this.#underWay -= 1;
    this.#postMs.push(performance.now() - startMs);
    if (reply.status !== 202) throw new Error(`${reply.status} for a good event: ${reply.text}`);
    if (!sampled) return;
    const { position } = reply.json<{ position: string | null }>();
    if (position === null) return; // not kept: some customers of the shop do not consent
    const path = `/api/v1/recommendations/${interaction.customer_id}?min_position=${position}`;
    const answer = await this.#freshet.ask('GET', path);
    if (answer.status !== 200) throw new Error(`${answer.status} for a good question: ${answer.text}`);
    // What the server gave up waiting for counts as well, with at least the time that it waited.
    this.#readableMs.push(performance.now() - startMs);
    if (!answer.json<{ position_reached: boolean }>().position_reached) this.#notReached += 1;
  }
}
