import { createHash } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { sha256, sha256InScript } from "../../packages/numgrad/src/data/sha256.js";

const ascii = (text: string) => new TextEncoder().encode(text);

describe.each([
  ["of the platform", sha256],
  ["without the platform", async (bytes: Uint8Array) => sha256InScript(bytes)],
])("SHA-256 %s", (_, hash) => {
  // FIPS 180-2, appendix B.
  test.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
  ])("has the values of the standard", async (text, digest) => {
    expect(await hash(ascii(text))).toBe(digest);
  });

  test("agrees with Node's for lengths around the ends of blocks, anywhere in a buffer", async () => {
    const noise = Uint8Array.from({ length: 300 }, (_, i) => (i * 2654435761) >>> 24);
    for (let length = 0; length <= 200; length++) {
      const bytes = noise.subarray(length % 7, (length % 7) + length);
      expect(await hash(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
    }
  });
});

test("a page without Web Crypto gets the same sum", async () => {
  vi.stubGlobal("crypto", {});
  try {
    expect(await sha256(ascii("abc"))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  } finally {
    vi.unstubAllGlobals();
  }
});
