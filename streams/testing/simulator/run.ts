// One run: a seed makes a world, lets it suffer, lets it come to rest, and asks the oracle.
import { DependencyUnavailable } from '../../errors.ts';
import { topicsOf } from '../../run-stages.ts';
import { MemoryStateStore } from '../../store/memory.ts';
import { physicalName } from '../../topic.ts';
import { Dice } from './dice.ts';
import { planFaults, type Fault } from './faults.ts';
import { ProcessGone } from './host.ts';
import { firstDifference, replayedOf } from './oracle.ts';
import { Producer, deliver } from './producer.ts';
import { NO_SABOTAGE, type Sabotage } from './sabotage.ts';
import { ITEMS, PREFIX, labels, stages } from './topology.ts';
import { World } from './world.ts';
import { hash32 } from '../../random.ts';

export interface RunOptions {
  readonly seed: number;
  /** Instead of those of the seed. */
  readonly faults?: readonly Fault[];
  readonly sabotage?: Sabotage;
  /** Handles the input of that seed, all of which stands in the log before anything starts: only how it is run differs. */
  readonly replayOf?: number;
  /** Told everything that happens. */
  readonly onNote?: (text: string) => void;
}

export interface RunResult {
  readonly seed: number;
  /** Null when all is as it must be. */
  readonly failure: string | null;
  readonly faults: readonly Fault[];
  /** Of everything that happened, in order: equal runs have equal hashes. */
  readonly traceHash: number;
  readonly commits: number;
  readonly steps: number;
  /** Of a replay: what must be the same in all replays of the same input. */
  readonly replayed: string;
}

const SCHEDULER_STEPS_MAX = 60_000;
/** Of virtual time: more than any back-off, time-out and restart together. */
const QUIET_MS = 3_000;
const REST_MS_MAX = 240_000;
const POLL_MS = 400;

export async function runSeed(options: RunOptions): Promise<RunResult> {
  return new Run(options).result();
}

class Run {
  readonly #dice: Dice;
  readonly #partitions: number;
  readonly #world: World;
  readonly #producer: Producer;
  readonly #faults: readonly Fault[];
  readonly #seed: number;
  readonly #isReplay: boolean;
  #replayed = '';
  #traceHash = 0;
  #isOver = false;

  constructor({ seed, faults, sabotage = NO_SABOTAGE, replayOf, onNote }: RunOptions) {
    this.#seed = seed;
    this.#isReplay = replayOf !== undefined;
    const input = new Dice(`seed ${replayOf ?? seed}`);
    this.#dice = new Dice(`seed ${seed}`);
    const size = input.pick([0.3, 0.3, 0.6, 1, 2]);
    this.#partitions = input.pick([1, 1, 2, 2, 3, 4]);
    const batches = Math.ceil(input.int(3, 10) * size);
    this.#producer = new Producer(input.fork('producer'), batches);
    this.#faults = faults ?? planFaults(this.#dice.fork('faults'), 10, 100 + batches * 40);
    this.#world = new World({
      dice: this.#dice,
      faults: this.#faults,
      partitions: this.#partitions,
      sabotage,
      isMemberChecked: this.#dice.chance(0.5),
      batchRecordsMax: this.#dice.pick([1, 3, 20]),
      queueRecordsMax: this.#dice.pick([2, 10, 1_000]),
      // Time stands still while handlers run: a slice of none gives way every few steps.
      sliceMs: this.#dice.pick([0, 5]),
      storeDelayMs: this.#dice.pick([0, 100, 3_000]),
      standbyEveryMs: this.#dice.fork('standby').pick([null, null, 20, 300]),
      onNote: (text) => {
        this.#traceHash = hash32(`${this.#traceHash} ${text}`);
        onNote?.(text);
      },
    });
    this.#world.onCrash = (isPowerLost) => this.#producer.connectionLost(isPowerLost);
  }

  async result(): Promise<RunResult> {
    const unhandled = (error: unknown) => this.#fail('a promise was rejected and nobody cared', error);
    process.on('unhandledRejection', unhandled);
    try {
      void this.#live().catch((error: unknown) => this.#fail('the run broke', error));
      await this.#turnTheWheel();
    } finally {
      process.off('unhandledRejection', unhandled);
    }
    const { failure, ledger, steps } = this.#world;
    return {
      seed: this.#seed,
      failure,
      faults: this.#faults,
      traceHash: this.#traceHash,
      commits: ledger.count,
      steps,
      replayed: this.#replayed,
    };
  }

  async #turnTheWheel(): Promise<void> {
    for (let steps = 0; !this.#isOver && this.#world.failure === null; steps += 1) {
      if (steps > SCHEDULER_STEPS_MAX) return this.#world.fail('it does not come to an end');
      if (!(await this.#world.scheduler.step())) return this.#world.fail('everything waits for something else');
    }
  }

  async #live(): Promise<void> {
    const world = this.#world;
    await world.openLog();
    await this.#prepare();
    if (this.#isReplay) await this.#produce();
    const count = this.#dice.int(1, 3);
    for (let started = 0; started < count; started += 1) {
      const instance = world.addInstance();
      world.later(() => Promise.resolve(world.startInstance(instance)));
    }
    if (!this.#isReplay) await this.#produce();
    await world.scheduler.sleep(this.#dice.int(0, 2_000));
    await world.calmDown();
    await this.#comeToRest();
    await this.#stop();
    const stores = new Map(world.instances.map(({ name, stores: held }) => [name, held]));
    const difference = await world.ask((log) =>
      firstDifference({
        log,
        clock: world.scheduler,
        partitions: this.#partitions,
        deliveries: this.#producer.ledger,
        external: world.external,
        stores: stores.set('nobody', new MemoryStateStore()),
      }),
    );
    if (difference !== null) world.fail(difference);
    if (this.#isReplay) this.#replayed = await world.ask((log) => replayedOf(log, this.#partitions));
    this.#isOver = true;
  }

  async #prepare(): Promise<void> {
    await this.#world.ask(async (log) => {
      await log.ensureTopics(topicsOf(stages, PREFIX, this.#partitions));
      await log.append(ITEMS.map((item) => this.#label(item, 0)));
    });
  }

  #label(item: string, version: number) {
    const value = labels.codec.encode({ label: `${item}!${version}` });
    return { topic: physicalName(PREFIX, labels.name), key: Buffer.from(item), value, timestampMs: version };
  }

  async #produce(): Promise<void> {
    const dice = this.#dice.fork('produce');
    while (!this.#producer.isDone) {
      await this.#world.scheduler.sleep(dice.chance(0.1) ? dice.int(0, 3_000) : dice.int(0, 60));
      if (dice.chance(0.1))
        await this.#unlessGone(
          this.#world.ask((log) =>
            log.append([this.#label(dice.pick(ITEMS), dice.int(1, 99))], { durability: 'memory' }),
          ),
        );
      await this.#unlessGone(
        // Made when the log is there: while it is away nothing is sent.
        this.#world.ask((log) => {
          const delivery = this.#producer.next();
          // A replay's input must outlive a power loss.
          return deliver(delivery, ({ records, durability }) =>
            log.append(records, this.#isReplay ? {} : { durability }),
          );
        }),
      );
    }
  }

  /** The producer does not know what became of it, and goes on. A full disk it takes for an answer. */
  async #unlessGone(asked: Promise<unknown>): Promise<void> {
    try {
      await asked;
    } catch (error) {
      if (!(error instanceof ProcessGone || error instanceof DependencyUnavailable)) throw error;
    }
  }

  async #comeToRest(): Promise<void> {
    const { scheduler } = this.#world;
    const untilMs = scheduler.nowMs() + REST_MS_MAX;
    let seen = '';
    let sinceMs = scheduler.nowMs();
    while (scheduler.nowMs() - sinceMs < QUIET_MS) {
      if (scheduler.nowMs() > untilMs) return this.#world.fail(`it does not come to rest: ${this.#state()}`);
      await scheduler.sleep(POLL_MS);
      const state = this.#state();
      if (state !== seen || !this.#world.isAtRest) sinceMs = scheduler.nowMs();
      seen = state;
    }
    const idle = this.#world.instances
      .flatMap((instance) => instance.tasks())
      .filter(({ state }) => state !== 'running');
    if (idle.length > 0) this.#world.fail(`at rest, but ${JSON.stringify(idle[0])}`);
  }

  #state(): string {
    const tasks = this.#world.instances.flatMap((instance) =>
      instance.tasks().map((task) => [instance.name, { ...task, stalledMs: 0, nextOffsets: [...task.nextOffsets] }]),
    );
    return JSON.stringify([
      tasks,
      this.#world.ledger.count,
      [...this.#world.external.positions.values()],
      [...this.#world.external.progress],
    ]);
  }

  async #stop(): Promise<void> {
    const { scheduler, instances } = this.#world;
    const stopped = Promise.all(instances.map((instance) => instance.stop())).then(() => true);
    const isInTime = await Promise.race([stopped, scheduler.sleep(60_000).then(() => false)]);
    if (!isInTime) this.#world.fail(`does not stop: ${this.#state()}`);
  }

  #fail(what: string, error: unknown): void {
    this.#world.fail(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}
