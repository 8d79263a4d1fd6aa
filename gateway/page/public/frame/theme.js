// Light or dark: as the system has it, until somebody chooses.
import { byId } from './elements.js';

const storedAs = 'freshet-theme';
const root = document.documentElement;
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
const watchers = new Set();

export function themeButton() {
  const button = byId('theme');
  const show = () => {
    button.setAttribute('aria-pressed', String(isDark()));
    for (const redraw of watchers) redraw();
  };
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    localStorage.setItem(storedAs, root.dataset.theme);
    show();
  });
  systemIsDark.addEventListener('change', show);
  show();
}

/** What is drawn on a canvas has to be drawn anew when the colours change. */
export function onColours(redraw) {
  watchers.add(redraw);
}

function isDark() {
  return root.dataset.theme === undefined ? systemIsDark.matches : root.dataset.theme === 'dark';
}
