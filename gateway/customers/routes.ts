// What is known of a customer: told by the shop (PUT), and told plus learnt (GET).
import { allRejected, objectBody } from '../bulk.ts';
import type { GatewayClock } from '../dependencies.ts';
import { Problem } from '../errors.ts';
import { Fields } from '../fields.ts';
import { json, type Answer } from '../http/answer.ts';
import type { ApiRequest, Route } from '../http/route.ts';
import { checkedId } from '../parameters.ts';
import { minPositionOf, waitedFor } from '../min-position.ts';
import { positionToken } from '../position.ts';
import { describeCustomer, recentOf } from './describe-customer.ts';
import { writeUpdate, type Told, type Updating } from './write-update.ts';

type Dependencies = Updating & { readonly clock: GatewayClock };

const path = '/api/v1/customers/:customer_id';

export function customerRoutes(dependencies: Dependencies): Route[] {
  return [
    { method: 'GET', path, scope: 'read', handle: (request) => show(request, dependencies) },
    { method: 'PUT', path, scope: 'admin', handle: (request) => replace(request, dependencies) },
  ];
}

async function show({ params, query }: ApiRequest, dependencies: Dependencies): Promise<Answer> {
  const { reads } = dependencies;
  const customerId = checkedId('customer_id', params['customer_id']);
  const reached = await waitedFor(minPositionOf(query, ['interactions', 'customers']), customerId, dependencies);
  const profile = await reads.profile(customerId);
  if (profile === undefined) throw new Problem(404, 'Nothing is known of this customer.');
  const titleOf = await reads.titles(recentOf(profile).flatMap(({ item_id }) => item_id ?? []));
  return json(200, { ...describeCustomer(profile, await reads.segment(customerId), titleOf), ...reached });
}

/** The former answer of the shop is replaced as a whole: a field left out is no longer known. Only consent stays as it was. */
async function replace(request: ApiRequest, dependencies: Dependencies): Promise<Answer> {
  const customerId = checkedId('customer_id', request.params['customer_id']);
  const body = objectBody(await request.json(), 'Send the customer as an object.');
  const { told, ignored } = parseCustomer(body, customerId, dependencies.clock.nowMs());
  const places = await writeUpdate(told, dependencies);
  return json(202, {
    status: 'accepted',
    customer_id: customerId,
    position: positionToken(places, 'customers'),
    ...(ignored.length > 0 && { ignored }),
  });
}

const known = new Set(['customer_id', 'age', 'gender', 'location', 'language', 'preferences', 'consent', 'segment']);
const ageMax = 150;
const nameBytesMax = 200;

function parseCustomer(body: Record<string, unknown>, customerId: string, nowMs: number) {
  const fields = new Fields(body, '');
  const told: Told = {
    customer_id: customerId,
    updated_at: nowMs,
    age: fields.number('age', { min: 0, max: ageMax, whole: true }),
    gender: fields.word('gender'),
    location: fields.text('location', nameBytesMax),
    language: fields.word('language'),
    preferences: fields.textMap('preferences'),
    consent: fields.flag('consent'),
    segment: fields.word('segment'),
    erased_at: null,
  };
  fields.mustBe('customer_id', customerId);
  if (fields.wrong.length > 0) throw allRejected([{ status: 'rejected', errors: fields.wrong }]);
  return { told, ignored: fields.unknown(known) };
}
