import { expect, test } from "vitest";
import { readLayout } from "../../packages/numgrad/src/wasm/memory-view.js";

test("the layout of an object above 2 GiB is read, whose address WebAssembly returns as a negative number", () => {
  const memory = new WebAssembly.Memory({ initial: 2 ** 15 + 1 });
  new Uint32Array(memory.buffer, 2 ** 31, 2).set([7, 2 ** 32 - 8]);
  expect(readLayout(memory, { layout: -(2 ** 31) }, ["size", "address"])).toEqual({ size: 7, address: 2 ** 32 - 8 });
});
