// Dashboards as data: what a panel asks, and the JSON that Grafana wants for it. Only what differs from Grafana's defaults is written.

export interface Panel {
  readonly title: string;
  readonly kind: 'timeseries' | 'stat';
  /** Grafana's name of a unit. */
  readonly unit: string;
  readonly queries: readonly Query[];
  readonly description?: string;
}

export interface Query {
  readonly expr: string;
  /** `{{label}}`; empty takes all labels. */
  readonly legend: string;
}

export interface Dashboard {
  /** Its address in Grafana, and the name of its file: never changed. */
  readonly uid: string;
  readonly title: string;
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}

type Queries = Readonly<Record<string, string>>;

/** `queries`: by legend. */
export function stat(title: string, unit: string, expr: string, description?: string): Panel {
  return panel('stat', title, unit, { '': expr }, description);
}

export function series(title: string, unit: string, queries: Queries, description?: string): Panel {
  return panel('timeseries', title, unit, queries, description);
}

function panel(kind: Panel['kind'], title: string, unit: string, queries: Queries, description?: string): Panel {
  const asked = Object.entries(queries).map(([legend, expr]) => ({ legend, expr }));
  return { kind, title, unit, queries: asked, ...(description !== undefined && { description }) };
}

const datasource = { type: 'prometheus', uid: '${datasource}' };
const columns = 24;
const sizes = { stat: { w: 4, h: 4 }, timeseries: { w: 8, h: 7 } };

/** Grafana's JSON model of it. */
export function modelOf({ uid, title, rows }: Dashboard): object {
  const place = placing();
  return {
    uid,
    title,
    tags: ['freshet'],
    schemaVersion: 41,
    editable: false,
    refresh: '10s',
    time: { from: 'now-30m', to: 'now' },
    templating: { list: [{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' }] },
    panels: rows.flatMap((row) => [
      { id: place.id(), type: 'row', title: row.title, collapsed: false, panels: [], gridPos: place.row() },
      ...row.panels.map((each) => panelModel(each, place.id(), place.next(each.kind))),
    ]),
  };
}

function panelModel({ title, kind, unit, queries, description }: Panel, id: number, gridPos: object): object {
  return {
    id,
    type: kind,
    title,
    ...(description !== undefined && { description }),
    datasource,
    gridPos,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    ...(kind === 'stat' && { options: { reduceOptions: { calcs: ['lastNotNull'] } } }),
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource,
      expr,
      ...(legend !== '' && { legendFormat: legend }),
      ...(kind === 'stat' && { instant: true }),
    })),
  };
}

/** From left to right, then in the next line; a row's title has a line of its own. */
function placing() {
  let id = 0;
  let [x, y, lineHeight] = [0, 0, 0];
  const newLine = () => {
    [x, y, lineHeight] = [0, y + lineHeight, 0];
  };
  return {
    id: () => (id += 1),
    row: () => {
      newLine();
      const at = { x: 0, y, w: columns, h: 1 };
      y += 1;
      return at;
    },
    next: (kind: Panel['kind']) => {
      const { w, h } = sizes[kind];
      if (x + w > columns) newLine();
      const at = { x, y, w, h };
      x += w;
      lineHeight = Math.max(lineHeight, h);
      return at;
    },
  };
}
