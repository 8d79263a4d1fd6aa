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
