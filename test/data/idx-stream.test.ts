import { gzipSync } from "node:zlib";
import { DataFormatError } from "numgrad";
import { expect, test, vi } from "vitest";
import { gunzip, readIdxStream, unpack } from "../../packages/numgrad/src/data/idx-stream.js";
import { idxFile } from "../support/idx-files.js";
import { rejectionOf } from "../support/thrown.js";

/** Bytes in chunks of the given size, and the number of bytes that were asked for. */
function pieces(bytes: Uint8Array, size: number) {
  const state = { given: 0, closed: false };
  async function* chunks() {
    try {
      while (state.given < bytes.length) {
        const chunk = bytes.subarray(state.given, state.given + size);
        state.given += chunk.length;
        yield chunk;
      }
    } finally {
      state.closed = true;
    }
  }
  return { state, chunks: chunks() };
}

/** Random numbers, which gzip cannot compress. */
const noise = (length: number) => {
  let state = 1;
  return new Uint8Array(length).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
};

test("a stream may come in chunks of any size, also within the header", async () => {
  const file = idxFile([2, 3], [1, 2, 3, 4, 5, 6]);
  for (let size = 1; size <= file.length; size++) {
    const { chunks } = pieces(file, size);
    const { shape, data } = await readIdxStream(chunks, { source: "file", checkHeader: () => {} });
    expect(shape).toEqual([2, 3]);
    expect(Array.from(data)).toEqual([1, 2, 3, 4, 5, 6]);
  }
});

test("a stream of unknown length is checked against its header at the end", async () => {
  const file = idxFile([2, 3], [1, 2, 3, 4, 5]);
  const reading = readIdxStream(pieces(file, 4).chunks, { source: "file", checkHeader: () => {} });
  expect((await rejectionOf(DataFormatError, reading)).message).toMatch(
    /^file: truncated: .* 18 bytes .*, there are 17$/,
  );
});

test("gunzip reads only a little ahead of its consumer, and releases its source", async () => {
  const data = noise(2 ** 24);
  const { state, chunks } = pieces(gzipSync(data, { level: 1 }), 2 ** 16);
  let seen = 0;
  for await (const chunk of gunzip(chunks, "file")) {
    expect(Buffer.compare(chunk, data.subarray(seen, seen + chunk.length))).toBe(0);
    seen += chunk.length;
    await new Promise((resolve) => setImmediate(resolve));
    if (seen > 2 ** 20) break;
  }
  // The decompressor keeps a few hundred KB, far less than the 16 MB of the file.
  expect(state.given).toBeLessThan(seen + 2 ** 20);
  await vi.waitFor(() => expect(state.closed).toBe(true));
});

test("without DecompressionStream the error says what to do", async () => {
  vi.stubGlobal("DecompressionStream", undefined);
  try {
    const { chunks } = pieces(gzipSync(noise(10)), 100);
    const error = await rejectionOf(DataFormatError, gunzip(chunks, "file").next());
    expect(error.reason).toContain("unpack the file first");
  } finally {
    vi.unstubAllGlobals();
  }
});

/** `npm run test:long` makes more. */
const MUTATIONS = Number(process.env.NUMGRAD_MUTATIONS ?? 10_000);

test(`${MUTATIONS} damaged files, raw and packed, give a typed error or the contents of the file`, {
  timeout: 120_000 + 20 * MUTATIONS,
}, async () => {
  let state = 1;
  const random = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const file = idxFile([5, 4, 3], noise(60));
  const packed = gzipSync(file);
  let sound = 0;
  for (let round = 0; round < MUTATIONS; round++) {
    const isPacked = round % 20 === 0;
    const bytes = Uint8Array.from(isPacked ? packed : file);
    for (let n = random(3); n >= 0; n--) bytes[random(bytes.length)] = random(256);
    const damaged = random(5) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
    const { chunks } = pieces(damaged, 1 + random(damaged.length));
    try {
      const idx = await readIdxStream(unpack(chunks, "file"), { source: "file", checkHeader: () => {} });
      sound++;
      // Gzip finds damage by a checksum, except in the bytes of its header that do not concern the data.
      expect(Buffer.compare(idx.file, isPacked ? file : damaged)).toBe(0);
      expect(idx.data).toEqual(idx.file.subarray(4 + 4 * idx.shape.length));
    } catch (error) {
      expect(error).toBeInstanceOf(DataFormatError);
    }
  }
  expect(sound).toBeGreaterThan(MUTATIONS / 10);
  expect(sound).toBeLessThan((MUTATIONS * 9) / 10);
});
