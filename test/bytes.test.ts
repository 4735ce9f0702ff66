import { describe, expect, test } from "vitest";
import { concatenate, PromisedBytes } from "../packages/numgrad/src/bytes.js";

test("concatenate copies the bytes of all chunks, one after the other", () => {
  const chunk = Uint8Array.of(1, 2);
  const bytes = concatenate([chunk, new Uint8Array(0), Buffer.from([3])]);
  chunk.fill(9);
  expect(bytes).toEqual(Uint8Array.of(1, 2, 3));
  expect(concatenate([])).toEqual(new Uint8Array(0));
});

describe("bytes that a header promises", () => {
  test("are those that came, in memory of their own", () => {
    const bytes = new PromisedBytes(5);
    for (const chunk of [[1, 2], [], [3, 4, 5]]) bytes.add(Uint8Array.from(chunk));
    expect([bytes.filled, [...bytes.bytes]]).toEqual([5, [1, 2, 3, 4, 5]]);
    expect(bytes.bytes.buffer.byteLength).toBe(5);
  });

  test("take no more than 64 MiB before they come, whatever is promised, and then all that is promised", () => {
    const bytes = new PromisedBytes(2 ** 40);
    bytes.add(Uint8Array.of(7));
    expect(bytes.bytes.buffer.byteLength).toBe(2 ** 26);
    const larger = new PromisedBytes(2 ** 26 + 3);
    const chunk = new Uint8Array(2 ** 25).fill(9);
    for (const part of [chunk, chunk, chunk.subarray(0, 3)]) larger.add(part);
    expect(larger.filled).toBe(2 ** 26 + 3);
    expect(larger.bytes.buffer.byteLength).toBe(2 ** 26 + 3);
    expect([larger.bytes[0], larger.bytes.at(-1)]).toEqual([9, 9]);
  });
});
