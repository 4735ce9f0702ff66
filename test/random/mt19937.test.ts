import { describe, expect, onTestFinished, test, vi } from "vitest";
import { Mt19937 } from "../../packages/numgrad/src/random/mt19937.js";
import { isDegenerate, STATE_WORDS } from "../../packages/numgrad/src/random/state.js";
import { core } from "../../packages/numgrad/src/wasm/runtime.js";

const words = (generator: Mt19937, count: number) => Array.from({ length: count }, () => generator.nextBits() >>> 0);

describe("Mt19937", () => {
  test("gives the words of the authors' mt19937ar.out, for init_by_array({0x123, 0x234, 0x345, 0x456})", () => {
    const generator = Mt19937.fromArray([0x123, 0x234, 0x345, 0x456]);
    expect(words(generator, 5)).toEqual([1067595299, 955945823, 477289528, 4107218783, 4228976476]);
  });

  test("gives the 10,000th word that the C++ standard prescribes for seed 5489", () => {
    expect(words(Mt19937.fromInteger(5489), 10_000).at(-1)).toBe(4123659995);
  });

  test("returns a copy of its state, and goes on from it", () => {
    const generator = Mt19937.fromInteger(1);
    words(generator, 1000);
    const { key, position } = generator;
    expect(position).toBe(1000 - STATE_WORDS);
    const resumed = Mt19937.fromState(key, position);
    const expected = words(generator, 1000);
    key.fill(0);
    expect(words(resumed, 1000)).toEqual(expected);
  });

  test.each([
    [0, 0],
    [1, 1],
    [2, 3],
    [5, 7],
    [59_999, 0xffff],
    [2 ** 31 - 1, 2 ** 31 - 1],
    [2 ** 31, 2 ** 32 - 1],
    [2 ** 32 - 1, 2 ** 32 - 1],
  ])("an integer up to %i is the first word under the mask %i that is small enough", (max, mask) => {
    const [generator, plain] = [Mt19937.fromInteger(max), Mt19937.fromInteger(max)];
    for (let i = 0; i < 200; i++) {
      let expected = max === 0 ? 0 : Number.POSITIVE_INFINITY;
      while (expected > max) expected = Number(BigInt(plain.nextBits() >>> 0) & BigInt(mask));
      expect(generator.nextBounded(max)).toBe(expected);
    }
    expect(generator.position).toBe(plain.position);
  });

  test.each(["twist", "temper"] as const)("repeats no word after the core has failed in %s", (name) => {
    const [generator, plain] = [Mt19937.fromInteger(6), Mt19937.fromInteger(6)];
    expect(words(generator, STATE_WORDS)).toEqual(words(plain, STATE_WORDS));
    const expected = words(plain, 2 * STATE_WORDS);
    onTestFinished(() => void vi.restoreAllMocks());
    const trap = vi.spyOn(core().glue.RawRandom.prototype, name).mockImplementation(() => {
      throw new WebAssembly.RuntimeError("unreachable");
    });
    expect(() => generator.nextBits()).toThrow("unreachable");
    trap.mockRestore();
    expect(words(generator, 2 * STATE_WORDS)).toEqual(expected);
  });

  test("recognises the states that give nothing but zeros", () => {
    const withWord = (i: number, word: number) => Uint32Array.from(zeros, (zero, j) => (i === j ? word : zero));
    const zeros = new Uint32Array(STATE_WORDS);
    expect(isDegenerate(zeros)).toBe(true);
    // Of the first word, the recurrence uses only the highest bit.
    expect(isDegenerate(withWord(0, 0x7fff_ffff))).toBe(true);
    expect(isDegenerate(withWord(0, 0x8000_0000))).toBe(false);
    expect(isDegenerate(withWord(STATE_WORDS - 1, 1))).toBe(false);
  });
});
