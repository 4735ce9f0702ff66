import { expect, test } from "vitest";
import { fingerprint } from "../../packages/numgrad/src/training/fingerprint.js";

const text = (value: string) => new TextEncoder().encode(value);

// The values are those of Python's mmh3 5.3.1 (mmh3_x86_128_digest, whose four words are little-endian).
test.each([
  ["", "00000000000000000000000000000000"],
  ["a", "a794933c5556b01b5556b01b5556b01b"],
  ["hello", "2b2444a0db91def79adb31b69adb31b6"],
  ["0123456789abcdef", "fb7d440936aed30a48ad1d9b572b3bfd"],
  ["The quick brown fox jumps over the lazy dog", "2f1583c3ecee2c675d7bf66ce5e91d2c"],
])("fingerprint is MurmurHash3 of 128 bits: %j", (value, expected) => {
  expect(fingerprint(text(value))).toBe(expected);
});

test("fingerprint is MurmurHash3 of 128 bits also for more than 2 GiB, of which the last bytes count", () => {
  const bytes = new Uint8Array(2 ** 31 + 5);
  bytes[bytes.length - 1] = 1;
  expect(fingerprint(bytes)).toBe("3f0f5f28e4490f2746dc96afba751af7");
});

test("every bit changes the fingerprint, at every length up to 33 bytes", () => {
  const seen = new Set<string>();
  for (let length = 1; length <= 33; length++) {
    for (let bit = 0; bit < 8 * length; bit++) {
      const bytes = new Uint8Array(length);
      bytes[bit >> 3] = 1 << (bit & 7);
      seen.add(fingerprint(bytes));
    }
  }
  expect(seen.size).toBe((8 * 33 * 34) / 2);
});

test("the order and the ends of chunks count, and the bytes may begin anywhere in their buffer", () => {
  const [a, b] = [text("first"), text("second")];
  expect(fingerprint(a, b)).not.toBe(fingerprint(b, a));
  expect(fingerprint(a, b)).not.toBe(fingerprint(text("firstsecond")));
  expect(fingerprint(text("___second").subarray(3))).toBe(fingerprint(b));
});
