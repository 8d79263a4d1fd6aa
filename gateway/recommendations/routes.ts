// What to offer now, with reasons: to a customer, or to somebody of whom only a session is known.
import { objectBody } from '../contract/bodies.ts';
import { problemAnswer, problemExample, retryAfter } from '../contract/common.ts';
import { route } from '../contract/declare.ts';
import { idInPath } from '../contract/parameters.ts';
import { etagHeaders, notModified, unlessKnown, withEtag } from '../http/etag.ts';
import type { Route } from '../http/route.ts';
import { CustomerLists, type Dependencies } from './customer-lists.ts';
import { describeList } from './describe-list.ts';
import { ListsWhileAway, type Dependencies as DependenciesAway } from './lists-while-away.ts';
import { itemOfSession, listExample, listSchema } from './list-schema.ts';
import { sessionList } from './make-list.ts';
import { listParameters, questionIn, sessionKind, type Question } from './question.ts';

const tag = 'Recommendations';

const notReached = { position_reached: false } as const;

export function recommendationRoutes(dependencies: Dependencies & DependenciesAway): Route[] {
  const lists = new CustomerLists(dependencies);
  const away = new ListsWhileAway(dependencies);
  return [
    route({
      method: 'GET',
      at: '/api/v1/recommendations/:customer_id',
      scope: 'read',
      id: 'getRecommendations',
      tag,
      summary: 'What to offer this customer now.',
      description:
        'There is always an answer: an unknown customer gets rankings, and `fallback` says so. The customer’s list is computed when something about them changes. A read asks which of its items may be shown now and fit what is asked for, and fills up from the rankings of the categories, the campaign, the location, the channel, the segment and the whole shop. With `category` or `filter` it goes on through the rankings of the categories that came up; an item that nobody has looked at is in no ranking, so it is not found.',
      path: { customer_id: idInPath('Yours.', ['anna']) },
      query: listParameters(dependencies.settings),
      answers: {
        200: { description: 'The list, best first.', schema: listSchema, headers: etagHeaders },
        304: notModified,
        409: {
          ...problemAnswer('With `strict`: the answer does not reflect `min_position` yet.'),
          headers: retryAfter,
        },
      },
      examples: [
        {
          name: 'visitor',
          summary: 'Somebody unknown, with the items of a session',
          path: { customer_id: 'visitor' },
          query: { session: 'home-lighting-01,kitchen-baking-01', limit: '1' },
          status: 200,
          answer: listExample,
        },
        {
          name: 'chosen',
          summary: 'Only some categories, below a price, without an item that is on the page already',
          path: { customer_id: 'visitor' },
          query: {
            category: 'Lighting,Baking',
            filter: 'price<=500,in_stock:true',
            exclude: 'home-lighting-01',
            diversity: '0.5',
            explain: 'none',
            placement: 'home-top',
            limit: '3',
          },
          status: 200,
          answer: {
            ...listExample,
            model: 'rankings',
            placement: 'home-top',
            items: [{ ...withoutReasons, algorithm: 'popular' }],
          },
        },
        {
          name: 'wrong-filter',
          summary: 'A condition on a field that there is not',
          path: { customer_id: 'visitor' },
          query: { filter: 'price<=50,colour:red' },
          status: 400,
          answer: problemExample(
            400,
            'Bad Request',
            'The parameter filter is wrong at character 11: one of the fields is expected here: price, brand, category, tag, in_stock, attributes.<name>.',
            [
              {
                parameter: 'filter',
                detail:
                  'is wrong at character 11: one of the fields is expected here: price, brand, category, tag, in_stock, attributes.<name>.',
              },
            ],
          ),
        },
      ],
      handle: ({ path: { customer_id: customerId }, query }, { incoming }) => {
        const answer = away.unlessAway(
          () => lists.of(customerId, query, incoming.url ?? ''),
          async () =>
            withEtag(await away.of(customerId, questionIn(query), query.min_position === null ? {} : notReached)),
        );
        return answer instanceof Promise
          ? answer.then((later) => unlessKnown(later, incoming))
          : unlessKnown(answer, incoming);
      },
    }),
    route({
      method: 'POST',
      at: '/api/v1/sessions/recommendations',
      scope: 'read',
      id: 'getSessionRecommendations',
      tag,
      summary: 'What to offer to somebody of whom only a session is known.',
      description:
        'For visitors who are not known, or do not want to be: nothing of the request is kept. `fallback.used` is true when the items of the session lead nowhere yet, and rankings are answered.',
      body: objectBody(sessionKind(dependencies.settings), { what: 'the session' }),
      answers: { 200: { description: 'The list, best first.', schema: listSchema } },
      examples: [
        {
          name: 'session',
          summary: 'Two items were looked at',
          body: { items: ['home-lighting-01', 'kitchen-baking-01'], limit: 1 },
          status: 200,
          answer: { ...listExample, customer_id: null, fallback: { used: false, why: null } },
        },
        {
          name: 'no-items',
          summary: 'Without a session',
          body: { limit: 0 },
          status: 422,
          answer: problemExample(422, 'Unprocessable Entity', 'It can’t be used as it is: see errors.', [
            { pointer: '/items', detail: 'is missing.' },
            { pointer: '/limit', detail: 'must be a whole number from 1 to 100.' },
          ]),
        },
      ],
      handle: ({ body: { value } }) => {
        const question: Question = {
          ...value,
          session: value.items,
          campaign: value.campaign_id,
          categories: value.category,
        };
        return away.unlessAway(
          async () => describeList(await sessionList(question, dependencies), question, {}, dependencies),
          () => away.of(null, question),
        );
      },
    }),
  ];
}

const { reasons: _left, ...withoutReasons } = itemOfSession;
