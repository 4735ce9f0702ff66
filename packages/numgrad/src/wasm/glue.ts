import { createGlue, type Glue } from "./generated/core.js";

export type { Glue, RawBlock, RawFunctions, RawImages, RawRandom, RawSession } from "./generated/core.js";

/** A new instance of the core. This is the only file that imports wasm-bindgen's generated glue. */
export function instantiate(module: WebAssembly.Module): { memory: WebAssembly.Memory; glue: Glue } {
  const glue = createGlue();
  const { memory } = glue.initSync({ module });
  return { memory, glue };
}
