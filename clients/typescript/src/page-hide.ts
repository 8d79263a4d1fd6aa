// When a page is hidden it may never be seen again, and phones say nothing later: what waits must go now.

interface Target {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

interface Page {
  readonly document?: Target & { readonly visibilityState: string };
  readonly window?: Target;
}

/** Calls whenever the page is hidden or left; outside of a page never. What it answers ends that. */
export function onPageHide(call: () => void): () => void {
  // Only in a page there are these two.
  const { document, window } = globalThis as Page;
  if (document === undefined || window === undefined) return () => undefined;
  const whenHidden = () => {
    if (document.visibilityState === 'hidden') call();
  };
  document.addEventListener('visibilitychange', whenHidden);
  window.addEventListener('pagehide', call);
  return () => {
    document.removeEventListener('visibilitychange', whenHidden);
    window.removeEventListener('pagehide', call);
  };
}
