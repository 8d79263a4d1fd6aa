// The client: what an application says to Freshet and asks of it.
import type * as api from './api-types.ts';
import { systemClock, systemRandom, type Clock, type Random } from './clock.ts';
import { EventQueue } from './event-queue.ts';
import { newId } from './new-id.ts';
import { onPageHide } from './page-hide.ts';
import { queryText } from './query.ts';
import { RememberedPositions } from './remembered-positions.ts';
import { Requests, type Call, type CallOptions, type Fetch } from './requests.ts';
import { retryDefaults, type RetryOptions } from './retries.ts';
import { trackingDefaults, warnOfUndelivered, type TrackingOptions } from './tracking.ts';

export interface ClientOptions {
  /** Where Freshet is: `https://freshet.example`. */
  readonly url: string;
  /** In a page a browser key, which its visitors can read. Left out: none is sent. */
  readonly key?: string;
  /** For each attempt. @default 10_000 */
  readonly timeoutMs?: number;
  readonly retries?: RetryOptions;
  readonly tracking?: TrackingOptions;
  /**
   * Reads of a customer wait until their answer reflects what this client has written of that customer, tracked events among it.
   *
   * @default false
   */
  readonly readYourWrites?: boolean;
  /** The customers whose latest writes are remembered for that. @default 1_000 */
  readonly rememberedCustomersMax?: number;
  readonly fetch?: Fetch;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Calls when the page is hidden or left, until what it answers is called. @default `visibilitychange` and `pagehide` */
  readonly onPageHide?: (call: () => void) => () => void;
}

/** How long `flush` and `close` wait. */
const flushMs = 10_000;

export class FreshetClient {
  readonly #requests: Requests;
  readonly #queue: EventQueue;
  readonly #positions: RememberedPositions;
  readonly #readYourWrites: boolean;
  readonly #random: Random;

  constructor({ url, key, timeoutMs = 10_000, ...options }: ClientOptions) {
    const { clock = systemClock, random = systemRandom, readYourWrites = false } = options;
    const retries = { ...retryDefaults, ...options.retries };
    // Browsers' fetch must not be called as a method of something else.
    const fetch = options.fetch ?? ((...call) => globalThis.fetch(...call));
    this.#random = random;
    this.#readYourWrites = readYourWrites;
    this.#positions = new RememberedPositions(readYourWrites ? (options.rememberedCustomersMax ?? 1_000) : 0);
    this.#requests = new Requests({ url, key, timeoutMs, retries, fetch, clock, random });
    this.#queue = new EventQueue({
      onUndelivered: warnOfUndelivered,
      ...trackingDefaults,
      ...options.tracking,
      requests: this.#requests,
      retries,
      clock,
      random,
      onPageHide: options.onPageHide ?? onPageHide,
      onKept: (customerId, position) => this.#positions.remember(customerId, position),
    });
  }

  /**
   * Takes an event to be sent soon, and answers its `interaction_id`. It is sent until it has arrived and counts once; what can't be
   * delivered goes to `onUndelivered`.
   */
  track(event: api.Interaction): string {
    return this.#queue.add(event);
  }

  /** Sends what waits. True when all that was tracked before has arrived or was reported, false when the time is over first. */
  flush({ timeoutMs = flushMs }: { readonly timeoutMs?: number } = {}): Promise<boolean> {
    return this.#queue.flush(timeoutMs);
  }

  /** Flushes and ends tracking; what has not arrived when the time is over is reported. */
  close({ timeoutMs = flushMs }: { readonly timeoutMs?: number } = {}): Promise<void> {
    return this.#queue.close(timeoutMs);
  }

  /** What to offer this customer now. */
  async recommendations(
    customerId: string,
    question: api.GetRecommendationsQuery = {},
    call: CallOptions = {},
  ): Promise<api.RecommendationList> {
    const query = await this.#reflectingWrites(customerId, question);
    return this.#get(`/recommendations/${part(customerId)}${queryText(query)}`, call);
  }

  /** What to offer to somebody of whom only the items of a session are known. Nothing of it is kept. */
  sessionRecommendations(
    session: api.GetSessionRecommendationsBody,
    call: CallOptions = {},
  ): Promise<api.RecommendationList> {
    return this.#send('POST', '/sessions/recommendations', session, call);
  }

  /** Items that the same customers looked at. */
  similar(itemId: string, question: api.GetSimilarItemsQuery = {}, call: CallOptions = {}): Promise<api.SimilarItems> {
    return this.#get(`/items/${part(itemId)}/similar${queryText(question)}`, call);
  }

  /** Items that are bought with this one. */
  boughtTogether(
    itemId: string,
    question: api.GetItemsBoughtTogetherQuery = {},
    call: CallOptions = {},
  ): Promise<api.ItemsBoughtTogether> {
    return this.#get(`/items/${part(itemId)}/bought-together${queryText(question)}`, call);
  }

  /** Which rankings there are. */
  rankings(call: CallOptions = {}): Promise<api.Rankings> {
    return this.#get('/rankings', call);
  }

  /** One ranking, such as `trending` or `popular:category:Lighting`. */
  ranking(list: string, question: api.GetRankingQuery = {}, call: CallOptions = {}): Promise<api.Ranking> {
    return this.#get(`/rankings/${part(list)}${queryText(question)}`, call);
  }

  /** Tells which lists were shown to whom. */
  impressions(impressions: readonly api.Impression[], call: CallOptions = {}): Promise<api.ImpressionsAccepted> {
    const named = impressions.map((each) => ({ ...each, impression_id: each.impression_id ?? newId(this.#random) }));
    return this.#post('/impressions', { impressions: named }, call);
  }

  /** Tells that a visitor turned out to be a customer: what the visitor did and does counts as the customer’s. */
  identify(identity: api.IdentifyBody, call: CallOptions = {}): Promise<api.IdentityAccepted> {
    return this.#post('/identify', identity, call);
  }

  /** Takes back that a visitor turned out to be a customer. For mistakes, not for logging out; needs the scope `admin`. */
  unidentify(identity: api.UnidentifyBody, call: CallOptions = {}): Promise<api.UnidentifyAccepted> {
    return this.#post('/unidentify', identity, call);
  }

  /** What is known of a customer. @throws ProblemError 404 */
  async customer(
    customerId: string,
    question: api.GetCustomerQuery = {},
    call: CallOptions = {},
  ): Promise<api.Customer> {
    const query = await this.#reflectingWrites(customerId, question);
    return this.#get(`/customers/${part(customerId)}${queryText(query)}`, call);
  }

  /** Replaces what the shop tells of a customer, as a whole. */
  async putCustomer(
    customerId: string,
    customer: api.PutCustomerBody,
    call: CallOptions = {},
  ): Promise<api.CustomerAccepted> {
    const accepted = await this.#send<api.CustomerAccepted>('PUT', `/customers/${part(customerId)}`, customer, call);
    this.#positions.remember(customerId, accepted.position);
    return accepted;
  }

  /** Forgets a customer. `deletion` says how far that is. */
  async deleteCustomer(customerId: string, call: CallOptions = {}): Promise<api.DeletionAccepted> {
    const path = `${apiPath}/customers/${part(customerId)}`;
    const accepted = await this.#requests.send<api.DeletionAccepted>({ ...call, method: 'DELETE', path });
    this.#positions.remember(customerId, accepted.position);
    return accepted;
  }

  /** How far a deletion is: pass on what `deleteCustomer` has answered. */
  deletion({ deletion }: Pick<api.DeletionAccepted, 'deletion'>, call: CallOptions = {}): Promise<api.Deletion> {
    return this.#requests.send({ ...call, method: 'GET', path: deletion });
  }

  /** An item, and whether it may be shown. @throws ProblemError 404 */
  item(itemId: string, question: api.GetItemQuery = {}, call: CallOptions = {}): Promise<api.Item> {
    return this.#get(`/items/${part(itemId)}${queryText(question)}`, call);
  }

  /** Adds or replaces an item, as a whole. */
  putItem(itemId: string, item: api.PutItemBody, call: CallOptions = {}): Promise<api.ItemAccepted> {
    return this.#send('PUT', `/items/${part(itemId)}`, item, call);
  }

  /** Adds or replaces up to 1,000 items; the answer says what became of each. */
  putItems(items: api.PostItemsBody['items'], call: CallOptions = {}): Promise<api.ItemsAccepted> {
    return this.#post('/items', { items }, call);
  }

  /** Sells out, hides, shows again or sets the price, and leaves all else. */
  changeItem(itemId: string, change: api.ChangeItemBody, call: CallOptions = {}): Promise<api.ItemAccepted> {
    return this.#send('PATCH', `/items/${part(itemId)}`, change, call);
  }

  /** A position in the question goes before those that are remembered. */
  async #reflectingWrites<Q extends { readonly min_position?: string }>(customerId: string, question: Q): Promise<Q> {
    if (!this.#readYourWrites || question.min_position !== undefined) return { ...question };
    await this.flush();
    const position = this.#positions.of(customerId);
    return { ...question, ...(position !== undefined && { min_position: position }) };
  }

  #get<T>(path: string, call: CallOptions): Promise<T> {
    return this.#requests.send({ ...call, method: 'GET', path: apiPath + path });
  }

  /** A write that is done once, however often it is sent. */
  #post<T>(path: string, body: object, call: CallOptions): Promise<T> {
    return this.#send('POST', path, body, { ...call, idempotencyKey: newId(this.#random) });
  }

  #send<T>(
    method: Call['method'],
    path: string,
    body: object,
    call: CallOptions & Pick<Call, 'idempotencyKey'>,
  ): Promise<T> {
    return this.#requests.send({ ...call, method, path: apiPath + path, body: JSON.stringify(body) });
  }
}

const apiPath = '/api/v1';

/** An id as a part of an address. */
function part(id: string): string {
  return encodeURIComponent(id);
}
