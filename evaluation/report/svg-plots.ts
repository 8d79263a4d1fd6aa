// Two plain plots as SVG text.

export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Line {
  readonly name: string;
  /** One for each place on the axis. */
  readonly values: readonly number[];
}

const WIDTH = 760;
const LABELS = 150;
const BAR_HEIGHT = 26;
const PLOT_HEIGHT = 220;
const MARGIN = 40;
/** Told apart without seeing red and green alike (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];

/** Bars that begin at 0, each with its interval. */
export function barPlot(bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ high, value }) => Math.max(high, value)), Number.MIN_VALUE);
  const x = (value: number) => (LABELS + (value / most) * (WIDTH - LABELS - 80)).toFixed(1);
  const drawn = bars.map(({ name, value, low, high }, at) => {
    const top = at * BAR_HEIGHT;
    const middle = top + BAR_HEIGHT / 2;
    return (
      `<text x="${LABELS - 8}" y="${middle + 4}" text-anchor="end">${escaped(name)}</text>` +
      `<rect x="${LABELS}" y="${top + 4}" width="${(Number(x(value)) - LABELS).toFixed(1)}" height="${BAR_HEIGHT - 8}" fill="${colour(0)}"/>` +
      `<path d="M${x(low)} ${middle}H${x(high)}M${x(low)} ${middle - 4}v8M${x(high)} ${middle - 4}v8" stroke="#000" fill="none"/>` +
      `<text x="${Number(x(Math.max(high, value))) + 6}" y="${middle + 4}">${value.toPrecision(4)}</text>`
    );
  });
  return svg(bars.length * BAR_HEIGHT, drawn.join(''));
}

/** Lines over places that have names. */
export function linePlot(places: readonly string[], lines: readonly Line[]): string {
  const most = Math.max(...lines.flatMap(({ values }) => values), Number.MIN_VALUE);
  const step = (WIDTH - 2 * MARGIN) / Math.max(1, places.length - 1);
  const x = (place: number) => (MARGIN + place * step).toFixed(1);
  const y = (value: number) => (PLOT_HEIGHT - (value / most) * (PLOT_HEIGHT - 20)).toFixed(1);
  const axis =
    `<path d="M${MARGIN} ${PLOT_HEIGHT}H${WIDTH - MARGIN}" stroke="#888"/>` +
    `<text x="2" y="24">${most.toPrecision(3)}</text><text x="2" y="${PLOT_HEIGHT}">0</text>`;
  const names = places.map(
    (name, place) =>
      `<text x="${x(place)}" y="${PLOT_HEIGHT + 14}" transform="rotate(20 ${x(place)} ${PLOT_HEIGHT + 14})">${escaped(name)}</text>`,
  );
  const drawn = lines.map(({ name, values }, at) => {
    const points = values.map((value, place) => `${x(place)},${y(value)}`);
    const dots = points.map((point) => `<circle cx="${point.split(',')[0]}" cy="${point.split(',')[1]}" r="3" fill="${colour(at)}"/>`); // prettier-ignore
    const label = `<text x="${MARGIN + 130 * at}" y="${PLOT_HEIGHT + 92}" fill="${colour(at)}">${escaped(name)}</text>`;
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour(at)}" stroke-width="2"/>${dots.join('')}${label}`;
  });
  return svg(PLOT_HEIGHT + 100, axis + names.join('') + drawn.join(''));
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function svg(height: number, content: string): string {
  return `<svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-size="12" font-family="system-ui, sans-serif">${content}</svg>`;
}

function colour(at: number): string {
  return COLOURS[at % COLOURS.length] as string;
}
