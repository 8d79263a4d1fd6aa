// Builds elements. Text is always set as text: nothing that a customer or a catalogue says can become markup.

/** @param {string} tag  @param {Record<string, unknown>} properties  @param {(Node | string | null)[]} children */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'dataset') Object.assign(node.dataset, value);
    else if (name.startsWith('aria-')) node.setAttribute(name, String(value));
    else node[name] = value;
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** The same for SVG, whose properties are all attributes. */
export function drawn(tag, attributes = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** @param {string} id */
export function byId(id) {
  const node = document.getElementById(id);
  if (node === null) throw new Error(`the page has no #${id}`);
  return node;
}

/** Writes only when it differs, so that what a reader has selected or focused stays. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** `[name, value]` pairs as a list of facts; those without a value are left out. */
export function facts(entries) {
  return element(
    'dl',
    { className: 'facts' },
    ...entries
      .filter(([, value]) => value !== null)
      .map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
  );
}

/** Fills a select anew only when its choices have changed, and keeps what is chosen. */
export function setChoices(select, choices) {
  const former = [...select.options].map(({ value }) => value);
  if (former.join('\n') === choices.map(({ value }) => value).join('\n')) return;
  const chosen = select.value;
  select.replaceChildren(...choices.map(({ value, text }) => element('option', { value }, text)));
  if (choices.some(({ value }) => value === chosen)) select.value = chosen;
}
