/**
 * Live views are typed arrays over WebAssembly memory. When that memory grows, every view on it is detached: it has length
 * 0, reads give undefined and writes vanish without a word. This registry knows how to look a live view up again, and
 * keeps the view's owner alive for as long as the view itself is reachable.
 */
const registry = new WeakMap<object, () => Float64Array>();

/** Registers `view` as live; `lookUp` gives the same window on the memory as it is now, and may throw DisposedError. */
export function registerLiveView(view: Float64Array, lookUp: () => Float64Array): void {
  registry.set(view, lookUp);
}

/** The current window behind `view`: `view` itself where it is no live view or still attached, else a fresh one. */
export function currentView<T extends object>(view: T): T | Float64Array {
  return registry.get(view)?.() ?? view;
}

/** Whether `view` is a window on a network's memory. */
export function isLiveView(view: object): boolean {
  return registry.has(view);
}
