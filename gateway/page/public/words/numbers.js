// Numbers, money and durations as the reader's browser writes them.

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const milliseconds = unit('millisecond', 0);
const fewMilliseconds = unit('millisecond', 1);
const seconds = unit('second', 1);
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 });
const few = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });
const moneyFormats = new Map();

let shopCurrency = 'EUR';

/** Said by the server when the stream begins. */
export function setCurrency(currency) {
  shopCurrency = currency;
}

export function asCount(count) {
  return whole.format(count);
}

/** `1 customer`, `2,000 customers` */
export function counted(count, one, many = `${one}s`) {
  return `${asCount(count)} ${count === 1 ? one : many}`;
}

export function asRate(perSecond) {
  return perSecond < 100 ? few.format(perSecond) : whole.format(perSecond);
}

/** Few are not none, and most are not all. */
export function asPercent(share) {
  if (share > 0 && share < 0.005) return `<${percent.format(0.01)}`;
  if (share > 0.995 && share < 1) return `>${percent.format(0.99)}`;
  return percent.format(share);
}

/** `currency`: its own, when it has one. */
export function asMoney(amount, currency) {
  return moneyFormat(currency ?? shopCurrency).format(amount);
}

export function asDuration(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms >= 1000) return seconds.format(ms / 1000);
  return (ms < 10 ? fewMilliseconds : milliseconds).format(ms);
}

function unit(name, maximumFractionDigits) {
  return new Intl.NumberFormat(undefined, { style: 'unit', unit: name, maximumFractionDigits });
}

function moneyFormat(currency) {
  let format = moneyFormats.get(currency);
  if (format === undefined) {
    format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
    moneyFormats.set(currency, format);
  }
  return format;
}
