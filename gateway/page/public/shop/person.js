// Who the customer is: segment, value, tastes.
import { byId, element, facts } from '../frame/elements.js';
import { asCount, asMoney } from '../words/numbers.js';
import { ago, exactTime } from '../words/times.js';

const tastesShown = 3;
const former = { customerId: null, segment: null };

export function showPerson(customerId, profile, list) {
  const segment = profile?.segment ?? list.segment;
  const hasChanged = former.customerId === customerId && former.segment !== segment;
  Object.assign(former, { customerId, segment });
  byId('person').replaceChildren(
    element(
      'div',
      { className: 'person' },
      element('strong', {}, customerId),
      segment === null
        ? element('span', { className: 'badge none' }, profile === null ? 'unknown' : 'no segment')
        : element('span', { className: `badge ${hasChanged ? 'changed' : ''}` }, segment),
    ),
    ...(profile === null ? [] : [facts(entries(profile))]),
  );
}

function entries(profile) {
  const tastes = profile.categories.slice(0, tastesShown).map(({ name }) => name);
  return [
    ['last seen', profile.last_activity === null ? null : ago(Date.parse(profile.last_activity))],
    ['lifetime value', asMoney(profile.lifetime_value)],
    ['orders', asCount(profile.orders)],
    ['sessions', asCount(profile.sessions)],
    ['likes', tastes.length === 0 ? null : tastes.join(', ')],
    ['lives in', profile.location],
    ['age', profile.age === null ? null : asCount(profile.age)],
    ['in the segment since', sinceInWords(profile)],
  ];
}

/**
 * The time of the event that moved them there, by the clock of whoever sent it. A customer may be in a segment before they have
 * done anything, and a clock may be fast: neither says anything to a reader.
 */
function sinceInWords({ segment_details, first_seen }) {
  if (segment_details === null) return null;
  const earliestMs = first_seen === null ? -Infinity : Date.parse(first_seen);
  const sinceMs = Math.min(Math.max(Date.parse(segment_details.since), earliestMs), Date.now());
  return element('time', { title: exactTime(sinceMs) }, ago(sinceMs));
}
