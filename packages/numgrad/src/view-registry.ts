// A typed array over WebAssembly memory is a live view: it reads and writes the memory itself. When that memory grows,
// JavaScript detaches every view: its length becomes 0, reads give undefined, and writes have no effect and no error.
// Two files deal with that. `MemoryView` (wasm/memory-view.ts) is for views that the package keeps for itself: it looks
// the view up on each access. This registry is for live views that were given to a user: it finds the current view for
// an old one.

/**
 * How to look up each live view again. The entry also keeps the owner of the memory alive for as long as the view is
 * reachable.
 */
const registry = new WeakMap<object, () => Float64Array>();

/**
 * Registers `view` as live. `lookUp` returns the same part of the memory as it is now; it may throw a DisposedError.
 */
export function registerLiveView(view: Float64Array, lookUp: () => Float64Array): void {
  registry.set(view, lookUp);
}

/** The current view for `view`: a fresh one if `view` is live and has been detached, else `view` itself. */
export function currentView<T extends object>(view: T): T | Float64Array {
  return registry.get(view)?.() ?? view;
}

/** Whether `view` is a live view on a network's memory. */
export function isLiveView(view: object): boolean {
  return registry.has(view);
}
