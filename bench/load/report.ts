// What a load test tells of what it measured, and what it complains of.
import { rounded } from '../lib/quantiles.ts';
import type { Times, TrafficReport } from './k6.ts';
import type { MemoryOf } from './memory.ts';

/** On a machine that is not used for anything else. */
const BUDGET = {
  readP99Ms: 85,
  writeP99Ms: 150,
  freshnessP99Ms: 2_000,
  freshnessWhileAwayMs: 30_000,
  memoryGrowth: 0.1,
  /** In less time memory is still on its way to where it stays. */
  memoryMinutesMin: 10,
};

export class Report {
  readonly complaints: string[] = [];
  readonly #holdsTimes: boolean;

  /** @param holdsTimes false: times and memory out of budget are told and not complained of. */
  constructor(holdsTimes: boolean) {
    this.#holdsTimes = holdsTimes;
  }

  complain(complaint: string): void {
    this.complaints.push(complaint);
  }

  traffic(report: TrafficReport): void {
    console.table(
      report.routes.map(({ name, count, wrong, turnedAway, p50, p99, max }) => ({
        what: name,
        requests: count,
        wrong,
        'turned away': turnedAway,
        'p50 ms': rounded(p50),
        'p99 ms': rounded(p99),
        'max ms': rounded(max),
      })),
    );
    for (const line of report.wrongAnswers) console.log(line);
    const wrong = report.routes.reduce((sum, route) => sum + route.wrong, 0);
    if (wrong > 0) this.complain(`${wrong} answers were not as they must be`);
    const turnedAway = report.routes.reduce((sum, route) => sum + route.turnedAway, 0);
    if (turnedAway > 0) this.#outOfBudget(`${turnedAway} requests were turned away before they were answered`);
    console.log(`${report.dropped} requests could not be sent at their time`);
    this.#freshness('freshness', report.freshness, BUDGET.freshnessP99Ms);
    this.#freshness('freshness while a process was away', report.freshnessWhileAway, BUDGET.freshnessWhileAwayMs);
    for (const route of report.routes) this.#route(route);
  }

  memory(memories: readonly MemoryOf[], minutes: number): void {
    for (const { name, quarters, growth } of memories) {
      const told = quarters.map((each) => Math.round(each)).join(', ');
      console.log(
        `own memory of ${name}, MiB by quarter: ${told} (${rounded(growth * 100)} % from the second to the last)`,
      );
      if (minutes >= BUDGET.memoryMinutesMin && growth > BUDGET.memoryGrowth)
        this.#outOfBudget(`the memory of ${name} grows`);
    }
  }

  #route({ name, p99 }: Times & { readonly name: string }): void {
    const budgetMs = name.startsWith('POST') ? BUDGET.writeP99Ms : BUDGET.readP99Ms;
    // A probe's read waits for the event.
    if (name !== 'GET probe' && p99 > budgetMs)
      this.#outOfBudget(`${name}: p99 of ${rounded(p99)} ms, more than ${budgetMs} ms`);
  }

  #freshness(what: string, times: Times | undefined, budgetMs: number): void {
    if (times === undefined) return this.complain(`${what}: nothing was measured`);
    const { count, p50, p99, max } = times;
    console.log(`${what}: p50 ${rounded(p50)} ms, p99 ${rounded(p99)} ms, max ${rounded(max)} ms of ${count}`);
    if (p99 > budgetMs) this.#outOfBudget(`${what}: p99 of ${rounded(p99)} ms, more than ${budgetMs} ms`);
  }

  #outOfBudget(complaint: string): void {
    if (this.#holdsTimes) this.complain(complaint);
    else console.log(`out of budget, only told here: ${complaint}`);
  }
}
