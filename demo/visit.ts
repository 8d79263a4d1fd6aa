// One visit of one customer: which items, in which order, and what becomes of them.
import { lines } from './assortment/assortment.ts';
import { campaigns, type Campaign } from './campaigns.ts';
import type { Catalogue, ShelvedItem } from './catalogue.ts';
import type { Customer, Habit } from './clientele.ts';
import { liftAt } from './moments.ts';
import type { Random } from './random.ts';

/** One thing done in a visit. */
export interface Step {
  readonly type: 'view' | 'click' | 'search' | 'add_to_cart' | 'remove_from_cart' | 'purchase';
  /** Index into the catalogue; null for what concerns no item. */
  readonly item: number | null;
  readonly quantity: number;
  readonly campaignId: string | null;
  /** What was searched for. */
  readonly query?: string;
}

const ITEMS_MAX = 9;
const SEARCHES_SHARE = 0.12;
const CAMPAIGN_SHARE = 0.25;
const BUYERS_SHARE = 0.3;
const CART_SHARE = { buyer: 0.45, looker: 0.05 };
const COMPLEMENT_SHARE = 0.5;
const CLICK_SHARE = 0.4;
const REGRET_SHARE = 0.06;
const CHECKOUT_SHARE = 0.8;
/** Where the next item comes from: the same line, else another line by taste. */
const STAY_SHARE = 0.7;

/** Looking around, by taste, season and campaign; buyers end with a purchase. */
export function browse(catalogue: Catalogue, customer: Customer, timeMs: number, random: Random): Step[] {
  const campaign = random.chance(CAMPAIGN_SHARE) ? runningCampaign(timeMs, random) : undefined;
  const cartShare = random.chance(BUYERS_SHARE) ? CART_SHARE.buyer : CART_SHARE.looker;
  const walk = new Walk(catalogue, campaign);
  const attraction = lineAttraction(customer, timeMs, campaign);

  let line = random.weighted(attraction);
  if (random.chance(SEARCHES_SHARE)) walk.search(line);
  const itemCount = 1 + Math.min(ITEMS_MAX - 1, Math.floor(-3.2 * Math.log(1 - random.next())));
  for (let seen = 0; seen < itemCount; seen += 1) {
    if (seen > 0 && !random.chance(STAY_SHARE)) line = random.weighted(attraction);
    const item = chooseItem(catalogue, customer, line, random);
    if (item === undefined) continue;
    walk.look(item, random);
    if (random.chance(cartShare)) addWithComplement(walk, catalogue, item, random);
  }
  walk.checkOut(random);
  return walk.steps;
}

/** Straight to what has run out, and away. */
export function restock(catalogue: Catalogue, habit: Habit, random: Random): Step[] {
  const walk = new Walk(catalogue, undefined);
  walk.look(habit.item, random);
  walk.add(habit.item, 1);
  walk.buyAll();
  return walk.steps;
}

/** Collects the steps of a visit and keeps its cart. */
class Walk {
  readonly steps: Step[] = [];
  private readonly cart = new Map<number, number>();
  private readonly catalogue: Catalogue;
  private readonly campaign: Campaign | undefined;

  constructor(catalogue: Catalogue, campaign: Campaign | undefined) {
    this.catalogue = catalogue;
    this.campaign = campaign;
  }

  search(line: number): void {
    this.steps.push({ type: 'search', item: null, quantity: 1, campaignId: null, query: lines[line]?.name ?? '' });
  }

  look(item: number, random: Random): void {
    if (random.chance(CLICK_SHARE)) this.push('click', item, 1);
    this.push('view', item, 1);
  }

  add(item: number, quantity: number): void {
    if (this.cart.has(item)) return;
    this.cart.set(item, quantity);
    this.push('add_to_cart', item, quantity);
  }

  checkOut(random: Random): void {
    for (const [item, quantity] of this.cart) {
      if (!random.chance(REGRET_SHARE)) continue;
      this.cart.delete(item);
      this.push('remove_from_cart', item, quantity);
    }
    if (random.chance(CHECKOUT_SHARE)) this.buyAll();
  }

  buyAll(): void {
    for (const [item, quantity] of this.cart) this.push('purchase', item, quantity);
  }

  private push(type: Step['type'], item: number, quantity: number): void {
    const line = this.catalogue.items[item]?.line ?? -1;
    const campaignId = this.campaign?.lines.has(line) ? this.campaign.campaign_id : null;
    this.steps.push({ type, item, quantity, campaignId });
  }
}

function addWithComplement(walk: Walk, catalogue: Catalogue, item: number, random: Random): void {
  walk.add(item, quantityOf(catalogue.items[item], random));
  for (const partner of catalogue.complementsOf.get(item) ?? []) {
    if (!random.chance(COMPLEMENT_SHARE)) continue;
    walk.look(partner, random);
    walk.add(partner, quantityOf(catalogue.items[partner], random));
  }
}

function quantityOf(item: ShelvedItem | undefined, random: Random): number {
  return item !== undefined && item.price < 15 && random.chance(0.35) ? 2 + random.index(3) : 1;
}

function runningCampaign(timeMs: number, random: Random): Campaign | undefined {
  const running = campaigns.filter((campaign) => campaign.runsAt(timeMs));
  return running.length === 0 ? undefined : random.pick(running);
}

function lineAttraction({ taste, channel }: Customer, timeMs: number, campaign: Campaign | undefined): Float64Array {
  const month = new Date(timeMs).getUTCMonth();
  return taste.lines.map((share, index) => {
    const department = lines[index]?.department;
    const seasonal = share * (department?.season[month] ?? 1) * (department === undefined ? 1 : liftAt(department, timeMs, channel)); // prettier-ignore
    return campaign?.lines.has(index) ? seasonal * 3 + 0.05 : seasonal;
  });
}

/** Fashion, the customer's price level and a favourite brand decide within a line. */
function chooseItem(catalogue: Catalogue, { taste }: Customer, line: number, random: Random): number | undefined {
  const shelf = catalogue.byLine[line] ?? [];
  if (shelf.length === 0) return undefined;
  const favourite = taste.brands.get(lines[line]?.department.name ?? '');
  const weights = shelf.map((index) => {
    const item = catalogue.items[index];
    if (item === undefined || item.item.hidden) return 0;
    const priceFit = Math.exp(-(((item.priceRank - taste.priceLevel) / 0.3) ** 2));
    return item.popularity * (0.05 + priceFit) * (item.item.brand === favourite ? 1 + taste.loyalty : 1);
  });
  return shelf[random.weighted(weights)];
}
