// What is known of a customer: told by the shop (PUT), and told plus learnt (GET).
import { customers as topic } from '../../schemas/topics.ts';
import type { CustomerUpdate } from '../../schemas/types.ts';
import { appendValues, type Appending } from '../append-values.ts';
import { allRejected, objectBody } from '../bulk.ts';
import type { GatewayClock } from '../dependencies.ts';
import { Problem } from '../errors.ts';
import { Fields } from '../fields.ts';
import { json, type Answer } from '../http/answer.ts';
import type { ApiRequest, Route } from '../http/route.ts';
import { checkedId } from '../parameters.ts';
import type { ServingReads } from '../serving-reads.ts';
import { describeCustomer, recentOf } from './describe-customer.ts';

type Dependencies = Appending & { readonly reads: ServingReads; readonly clock: GatewayClock };

const path = '/api/v1/customers/:customer_id';

export function customerRoutes(dependencies: Dependencies): Route[] {
  return [
    { method: 'GET', path, scope: 'read', handle: (request) => show(request, dependencies) },
    { method: 'PUT', path, scope: 'admin', handle: (request) => replace(request, dependencies) },
  ];
}

async function show({ params }: ApiRequest, { reads }: Dependencies): Promise<Answer> {
  const customerId = checkedId('customer_id', params['customer_id']);
  const profile = await reads.profile(customerId);
  if (profile === undefined) throw new Problem(404, 'Nothing is known of this customer.');
  const titleOf = await reads.titles(recentOf(profile).flatMap(({ item_id }) => item_id ?? []));
  return json(200, describeCustomer(profile, await reads.segment(customerId), titleOf));
}

/** The former answer of the shop is replaced as a whole: a field left out is no longer known. */
async function replace(request: ApiRequest, dependencies: Dependencies): Promise<Answer> {
  const customerId = checkedId('customer_id', request.params['customer_id']);
  const body = objectBody(await request.json(), 'Send the customer as an object.');
  const { update, ignored } = parseCustomer(body, customerId, dependencies.clock.nowMs());
  await appendValues(topic, [update], { keyOf: () => customerId, timeMsOf: () => update.updated_at }, dependencies);
  return json(202, { status: 'accepted', customer_id: customerId, ...(ignored.length > 0 && { ignored }) });
}

const known = new Set(['customer_id', 'age', 'gender', 'location', 'language', 'preferences', 'consent', 'segment']);
const ageMax = 150;
const nameBytesMax = 200;

function parseCustomer(body: Record<string, unknown>, customerId: string, nowMs: number) {
  const fields = new Fields(body, '');
  const update: CustomerUpdate = {
    customer_id: customerId,
    updated_at: nowMs,
    age: fields.number('age', { min: 0, max: ageMax, whole: true }),
    gender: fields.word('gender'),
    location: fields.text('location', nameBytesMax),
    language: fields.word('language'),
    preferences: fields.textMap('preferences'),
    consent: fields.flag('consent') ?? true,
    segment: fields.word('segment'),
  };
  fields.mustBe('customer_id', customerId);
  if (fields.wrong.length > 0) throw allRejected([{ status: 'rejected', errors: fields.wrong }]);
  return { update, ignored: fields.unknown(known) };
}
