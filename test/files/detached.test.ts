import { ArgumentError, parseIdx } from "numgrad";
import {
  encodeNpy,
  encodeNpz,
  encodeSafetensors,
  parseCheckpoint,
  parseNpy,
  parseNpz,
  parseSafetensors,
} from "numgrad/files";
import { expect, test } from "vitest";
import { thrownBy } from "../support/thrown.js";

const array = Float64Array.of(1, 2);

test("an array whose memory was transferred is not written", () => {
  const gone = Float64Array.of(1, 2);
  structuredClone(gone.buffer, { transfer: [gone.buffer] });
  for (const write of [() => encodeNpy(gone), () => encodeNpz({ gone }), () => encodeSafetensors({ gone })]) {
    expect(thrownBy(ArgumentError, write).message).toContain(
      "expected a typed array, got one whose memory was transferred",
    );
  }
});

test.each<[string, (bytes: Uint8Array) => unknown, Uint8Array]>([
  ["parseNpy", parseNpy, encodeNpy(array)],
  ["parseNpz", parseNpz, encodeNpz({ array })],
  ["parseSafetensors", parseSafetensors, encodeSafetensors({ array })],
  ["parseCheckpoint", parseCheckpoint, encodeSafetensors({ array })],
  ["parseIdx", parseIdx, Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 5)],
])("%s of bytes whose memory was transferred", (_, parse, bytes) => {
  structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] });
  const { message } = thrownBy(ArgumentError, () => parse(bytes));
  expect(message).toBe("bytes: expected a Uint8Array, got one whose memory was transferred");
});
