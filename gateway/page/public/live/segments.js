// How many customers are in each segment.
import { get } from '../frame/api.js';
import { byId, element, setText } from '../frame/elements.js';
import { repeated } from '../frame/repeated.js';
import { asCount, asPercent, counted } from '../words/numbers.js';

const refreshMs = 1500;

export function segmentPanel() {
  const former = new Map();
  return repeated(async () => {
    const census = await get('/api/v1/segments');
    const { segments, customers, complete, estimated } = census;
    setText(
      byId('segments-total'),
      complete ? `${estimated ? 'about ' : ''}${counted(customers, 'customer')}` : 'counting…',
    );
    byId('no-segments').hidden = segments.length > 0;
    setText(byId('no-segments'), complete ? 'No customers yet.' : 'Counting…');
    showStack(segments, customers);
    byId('segments').replaceChildren(...segments.map((each) => size(each, customers, former)));
    for (const { segment, customers: count } of segments) former.set(segment, count);
  }, refreshMs);
}

function size({ segment, customers }, total, former) {
  const hasChanged = former.has(segment) && former.get(segment) !== customers;
  return element(
    'li',
    { className: hasChanged ? 'changed' : '' },
    element('span', { className: 'dot', dataset: { segment } }),
    element('span', {}, segment),
    element(
      'strong',
      {},
      asCount(customers),
      element('span', { className: 'share' }, ` ${asPercent(customers / total)}`),
    ),
  );
}

/** Bars that stay are kept, so that they glide. */
function showStack(segments, total) {
  const stack = byId('segments-stack');
  const bars = segments.map(({ segment, customers }) => {
    const bar =
      [...stack.children].find((each) => each.dataset.segment === segment) ?? element('i', { dataset: { segment } });
    bar.style.flexBasis = `${(customers / total) * 100}%`;
    return bar;
  });
  if (bars.length !== stack.childElementCount || bars.some((bar, index) => stack.children[index] !== bar))
    stack.replaceChildren(...bars);
}
