// Calls the API, with the key that the reader gave if the server asks for one. The key stays in this tab.

const storedAs = 'freshet-key';

/** The server wants another key. */
export class KeyWanted extends Error {}

/** The key is good, but not for this. `message` says what it lacks. */
export class NotAllowed extends Error {}

export function useKey(key) {
  sessionStorage.setItem(storedAs, key);
}

export function hasKey() {
  return sessionStorage.getItem(storedAs) !== null;
}

/** Answers the JSON, or null when there is none (404). */
export async function get(path) {
  const text = await getText(path);
  return text === null ? null : JSON.parse(text);
}

/** The same as it came. */
export async function getText(path) {
  const response = await ask(path, {});
  if (response.status === 404) return null;
  return (await checked(response, path)).text();
}

export async function post(path, body) {
  const response = await ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await checked(response, path)).json();
}

/** The body of a stream that stays open. */
export async function getStream(path) {
  const response = await ask(path, {});
  if (response.status === 403) throw new KeyWanted();
  const { body } = await checked(response, path);
  if (body === null) throw new Error(`${path} answered nothing`);
  return body;
}

function ask(path, options) {
  const key = sessionStorage.getItem(storedAs);
  const headers = { ...options.headers, ...(key !== null && { authorization: `Bearer ${key}` }) };
  return fetch(path, { ...options, headers });
}

async function checked(response, path) {
  if (response.ok) return response;
  if (response.status === 401) throw new KeyWanted();
  const problem = await response.json().catch(() => ({}));
  const message = problem.errors?.[0]?.detail ?? problem.detail ?? `${path} answered ${response.status}`;
  throw response.status === 403 ? new NotAllowed(message) : new Error(message);
}
