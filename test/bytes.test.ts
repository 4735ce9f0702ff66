import { expect, test } from "vitest";
import { concatenate } from "../packages/numgrad/src/bytes.js";

test("concatenate copies the bytes of all chunks, one after the other", () => {
  const chunk = Uint8Array.of(1, 2);
  const bytes = concatenate([chunk, new Uint8Array(0), Buffer.from([3])]);
  chunk.fill(9);
  expect(bytes).toEqual(Uint8Array.of(1, 2, 3));
  expect(concatenate([])).toEqual(new Uint8Array(0));
});
