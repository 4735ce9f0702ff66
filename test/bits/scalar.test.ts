import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { init } from "../../packages/numgrad/src/wasm/runtime.js";
import { describeSameBits } from "./same-bits.js";

// Built by scripts/test.mjs, with the cargo feature `scalar` and without simd128.
const bytes = readFileSync(new URL("../../target/wasm-scalar/core_bg.wasm", import.meta.url));

test("init refuses a module of something else, and can be called again", () => {
  const empty = new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
  expect(() => init(empty)).toThrow(/not numgrad's core/);
  init(bytes);
});

test("init refuses a second start", () => {
  expect(() => init(bytes)).toThrow(/already in use/);
});

describeSameBits("the build without SIMD");
