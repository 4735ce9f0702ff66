// Order of the sizes and addresses in the layouts of the core's objects (see `readLayout`).

/** crates/numgrad-wasm/src/network.rs */
export const SESSION_LAYOUT = [
  ...(["partRows", "piece", "softLabel"] as const),
  ...(["labels", "targets", "params", "grads", "numbers", "pixels", "indices", "probs", "hidden", "bounds"] as const),
] as const;

/** crates/numgrad-wasm/src/images.rs */
export const IMAGES_LAYOUT = [
  ...(["mostRows", "pixels", "labels", "numbers"] as const),
  // Blocks of memory for the lists, when they are allocated.
  ...(["pieces", "pieceBytes", "palette", "paletteBytes"] as const),
] as const;
