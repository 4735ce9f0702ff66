import fc from "fast-check";
import { ArgumentError, RandomState, type RandomStateData, ShapeError } from "numgrad";
import { afterEach, describe, expect, expectTypeOf, test, vi } from "vitest";
import { registerLiveView } from "../../packages/numgrad/src/view-registry.js";
import { readGolden } from "../support/golden.js";
import { readGoldenArray } from "../support/npy.js";
import { thrownBy } from "../support/thrown.js";
import { expectAllClose, expectClose } from "../support/ulp.js";

interface Stream {
  seed: number | number[];
  raw: number[];
  random_sample: number[];
  randn: number[];
  randn_odd: { randn3: number[]; next_randn2: number[]; next_random_sample2: number[] };
  randint_60000: number[];
  choice_60000: number[];
  choice_10_3_no_replacement: number[];
  choice_1: number[];
  choice_1_then_raw: number[];
  permutation_10: number[];
  shuffle_10: number[];
  interleaved: {
    randn3: number[];
    choice_60000_4: number[];
    rand2: number[];
    randn2: number[];
    permutation_5: number[];
  };
  after_1000_samples: { raw: number[]; randn2: number[] };
  randn_40001: { first: number[]; last: number[]; sum: number; next_choice_60000_100: number[] };
}

const { streams } = readGolden<{ streams: Stream[] }>("random.json");

/** Tolerance of `randn`: NumPy's values have the rounding of the C library's logarithm, see test/golden/README.md. */
const RANDN = { ulps: 4 };

/**
 * Most normal values of 39,700 that may differ: with a correctly rounded logarithm a dozen differ, with fdlibm's 1,109.
 */
const MOST_DIFFERING = 20;

const WORDS = 2 ** 32;
const numbers = (values: ArrayLike<number>) => Array.from(values);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

describe.each(streams)("the stream of NumPy's RandomState($seed)", (golden) => {
  const fresh = () => new RandomState(golden.seed);

  test("has the same words, in all 32 bits", () => {
    expect(numbers(fresh().randint(0, WORDS, golden.raw.length))).toEqual(golden.raw);
  });

  test("has the same uniform numbers", () => {
    expect(numbers(fresh().random(golden.random_sample.length))).toEqual(golden.random_sample);
  });

  test("has the same normal numbers", () => {
    expectAllClose(fresh().randn(golden.randn.length), golden.randn, RANDN);
  });

  test("keeps one normal value for later after an odd number of them", () => {
    const random = fresh();
    expectAllClose(random.randn(3), golden.randn_odd.randn3, RANDN);
    expectAllClose(random.randn(2), golden.randn_odd.next_randn2, RANDN);
    expect(numbers(random.random(2))).toEqual(golden.randn_odd.next_random_sample2);
  });

  test("has the same integers and choices with replacement", () => {
    expect(numbers(fresh().randint(0, 60_000, golden.randint_60000.length))).toEqual(golden.randint_60000);
    expect(numbers(fresh().choice(60_000, golden.choice_60000.length))).toEqual(golden.choice_60000);
  });

  test("has the same choices without replacement", () => {
    const golden3 = golden.choice_10_3_no_replacement;
    expect(numbers(fresh().choice(10, 3, { replace: false }))).toEqual(golden3);
    expect(fresh().choice(upTo(10), 3, { replace: false })).toEqual(golden3);
    expect(fresh().choice(10, undefined, { replace: false })).toBe(golden3[0]);
  });

  test("uses no word for a choice from one item", () => {
    const random = fresh();
    expect(numbers(fresh().choice(1, golden.choice_1.length))).toEqual(golden.choice_1);
    expect([random.choice(1), random.randint(0, WORDS)]).toEqual(golden.choice_1_then_raw);
  });

  test("has the same permutations and shuffles", () => {
    expect(numbers(fresh().permutation(10))).toEqual(golden.permutation_10);
    const items = upTo(10);
    fresh().shuffle(items);
    expect(items).toEqual(golden.shuffle_10);
  });

  test("keeps a waiting normal value during other calls", () => {
    const random = fresh();
    const { randn3, choice_60000_4, rand2, randn2, permutation_5 } = golden.interleaved;
    expectAllClose(random.randn(3), randn3, RANDN);
    expect(numbers(random.choice(60_000, 4))).toEqual(choice_60000_4);
    expect(numbers(random.random(2))).toEqual(rand2);
    expectAllClose(random.randn(2), randn2, RANDN);
    expect(numbers(random.permutation(5))).toEqual(permutation_5);
  });

  test("is the same after 1,000 numbers, that is after several states", () => {
    const random = fresh();
    random.random(1000);
    expect(numbers(random.randint(0, WORDS, 3))).toEqual(golden.after_1000_samples.raw);
    expectAllClose(random.randn(2), golden.after_1000_samples.randn2, RANDN);
  });

  test("has the same 40,001 normal values, and the same words after them", () => {
    const random = fresh();
    const { first, last, sum, next_choice_60000_100 } = golden.randn_40001;
    const values = random.randn(40_001);
    expectAllClose(values.subarray(0, first.length), first, RANDN, "first");
    expectAllClose(values.subarray(-last.length), last, RANDN, "last");
    // 40,001 numbers below 5, each within 4 ulp, are summed in another order than NumPy's: the error is far below
    // 1e-10.
    expectClose(
      values.reduce((a, b) => a + b, 0),
      sum,
      { absolute: 1e-10 },
      "sum",
    );
    expect(numbers(random.choice(60_000, 100))).toEqual(next_choice_60000_100);
  });
});

test("most normal values are NumPy's to the last bit", () => {
  const random = new RandomState(0);
  let differing = 0;
  for (const [name, count] of [
    ["W1", 784 * 50],
    ["W2", 50 * 10],
  ] as const) {
    const expected = readGoldenArray(`seed0-init-${name}.npy`);
    const weights = random.randn(count).map((value) => 0.01 * value);
    expectAllClose(weights, expected, RANDN, name);
    differing += weights.filter((weight, i) => weight !== expected[i]).length;
  }
  console.info(`randn: ${differing} of 39,700 values differ from NumPy's in the last places`);
  expect(differing).toBeLessThanOrEqual(MOST_DIFFERING);
});

describe("values that are not in the golden file, as NumPy 2.4.6 prints them:", () => {
  test("integers of any range up to 2³² values", () => {
    expect(numbers(new RandomState(0).randint(-5, 5, 10))).toEqual([0, -5, -2, -2, 2, 4, -2, 0, -3, -1]);
    const high = [2147483643, 2147483638, 2147483641];
    expect(numbers(new RandomState(0).randint(2 ** 31 - 10, 2 ** 31, 3))).toEqual(high);
    const full = [209652396, 398764591, 924231285];
    expect(numbers(new RandomState(0).randint(-(2 ** 31), 2 ** 31, 3))).toEqual(full);
    const shifted = [-1097154491732, -1096965379537, -1096439912843];
    expect(numbers(new RandomState(0).randint(-(2 ** 40), -(2 ** 40) + WORDS, 3))).toEqual(shifted);
    const odd = [303761048, 1249426360, 521102280, 1877166739];
    expect(numbers(new RandomState(3).randint(0, 2 ** 31 + 1, 4))).toEqual(odd);
    const words = [2357136044, 2546248239, 3071714933, 3626093760];
    expect(numbers(new RandomState(0).randint(0, WORDS - 1, 4))).toEqual(words);
  });

  test("choices from arrays and from the largest population", () => {
    expect(new RandomState(7).choice([2.5, 3.5, 4.5], 5)).toEqual([2.5, 3.5, 4.5, 2.5, 3.5]);
    expect(new RandomState(7).choice(["x", "y", "z"])).toBe("x");
    const drawn = [218175338, 303761048, 893988089, 1460070019];
    expect(numbers(new RandomState(3).choice(2 ** 31, 4))).toEqual(drawn);
    const ten = [26, 86, 2, 55, 75, 93, 16, 73, 54, 95];
    expect(numbers(new RandomState(0).choice(100, 10, { replace: false }))).toEqual(ten);
  });

  test("the state has the fields of get_state()", () => {
    const random = new RandomState(42);
    random.randn(3);
    const { algorithm, key, position, hasGauss, gauss } = random.getState();
    expect([algorithm, key.length, position, hasGauss]).toEqual(["MT19937", 624, 8, true]);
    expect(key.slice(0, 3)).toEqual([723970371, 1229153189, 4170412009]);
    expectClose(gauss, 1.5230298564080254, RANDN);
  });

  test("the examples in the documentation", () => {
    expect(new RandomState(0).random()).toBe(0.5488135039273248);
    expectClose(new RandomState(0).randn(), 1.764052345967664, RANDN);
    expect(new RandomState(0).randint(-5, 5)).toBe(0);
    expect(new RandomState(0).randint(0, WORDS)).toBe(2357136044);
    expect(new RandomState(0).choice(60_000, 3)).toEqual(Int32Array.of(2732, 43567, 42613));
    expect(new RandomState(0).choice(["a", "b", "c"], 2, { replace: false })).toEqual(["c", "b"]);
    expect(new RandomState(0).permutation(5)).toEqual(Int32Array.of(2, 0, 1, 3, 4));
    const letters = ["a", "b", "c"];
    new RandomState(0).shuffle(letters);
    expect(letters).toEqual(["c", "b", "a"]);
  });
});

describe("results", () => {
  test("are one number without n, and an array of the right type with n", () => {
    const random = new RandomState(0);
    expectTypeOf(random.random()).toEqualTypeOf<number>();
    expectTypeOf(random.random(1)).toEqualTypeOf<Float64Array>();
    expectTypeOf(random.choice(5)).toEqualTypeOf<number>();
    expectTypeOf(random.choice(5, 1)).toEqualTypeOf<Int32Array>();
    expectTypeOf(random.choice(["a"])).toEqualTypeOf<string>();
    expectTypeOf(random.choice(["a"], 1)).toEqualTypeOf<string[]>();
    expectTypeOf(random.choice(Uint8Array.of(1), 1)).toExtend<Uint8Array>();
    expectTypeOf(random.permutation(5)).toEqualTypeOf<Int32Array>();
    expectTypeOf(random.permutation(["a"])).toEqualTypeOf<string[]>();
    for (const one of [random.random(), random.randn(), random.randint(0, 9), random.choice(9)]) {
      expect(one).toBeTypeOf("number");
    }
    for (const none of [random.random(0), random.randn(0)]) expect(none).toEqual(new Float64Array(0));
    for (const none of [random.randint(0, 9, 0), random.choice(9, 0), random.choice(0, 0), random.permutation(0)]) {
      expect(none).toEqual(new Int32Array(0));
    }
    expect(random.choice([], 0)).toEqual([]);
    expect(random.permutation([])).toEqual([]);
  });

  test("are float64 numbers for integers that do not fit into 32 bits", () => {
    expect(new RandomState(0).randint(-(2 ** 31), 2 ** 31, 1)).toBeInstanceOf(Int32Array);
    expect(new RandomState(0).randint(0, 2 ** 31 + 1, 1)).toBeInstanceOf(Float64Array);
    expect(new RandomState(0).randint(-(2 ** 31) - 1, 0, 1)).toBeInstanceOf(Float64Array);
  });

  test.each([[[3, 1, 2]], [Float32Array.of(3, 1, 2)], [Uint8Array.of(3, 1, 2)], [BigInt64Array.of(3n, 1n, 2n)]])(
    "of items of %o are in an array of the same type, and the caller's array is unchanged",
    (given) => {
      // For the compiler, one type stands for all four.
      const items = given as Uint8Array;
      const before = items.slice();
      const random = new RandomState(1);
      const results = [random.permutation(items), random.choice(items, 7), random.choice(items, 2, { replace: false })];
      for (const result of results) {
        expect(result.constructor).toBe(items.constructor);
        expect(Array.from(items)).toEqual(expect.arrayContaining(Array.from(result)));
      }
      expect(items).toEqual(before);
    },
  );

  test("without replacement do not keep the whole permutation in memory", () => {
    expect(new RandomState(0).choice(1000, 3, { replace: false }).buffer.byteLength).toBe(12);
  });

  test("come from the current view, if a live view on a network's memory has been detached", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const lookUp = () => new Float64Array(memory.buffer, 8, 50);
    const view = lookUp();
    view.set(upTo(50));
    registerLiveView(view, lookUp);
    memory.grow(1);
    expect(view).toHaveLength(0);
    const expected = upTo(50);
    new RandomState(5).shuffle(expected);
    expect(numbers(new RandomState(5).permutation(view))).toEqual(expected);
    new RandomState(5).shuffle(view);
    expect(numbers(lookUp())).toEqual(expected);
  });

  test("are the same for a typed array that is shuffled as for an array", () => {
    const plain = upTo(50);
    const typed = Float32Array.from(plain);
    new RandomState(5).shuffle(plain);
    new RandomState(5).shuffle(typed);
    expect(numbers(typed)).toEqual(plain);
  });
});

describe("laws", () => {
  const seeds = fc.oneof(
    fc.integer({ min: 0, max: WORDS - 1 }),
    fc.array(fc.nat(WORDS - 1), { minLength: 1, maxLength: 700 }),
  );

  test("n numbers at once are n numbers one by one", () => {
    fc.assert(
      fc.property(seeds, fc.nat(20), (seed, n) => {
        const [one, many] = [new RandomState(seed), new RandomState(seed)];
        for (const draw of [
          (r: RandomState, n?: number) => (n === undefined ? r.random() : r.random(n)),
          (r: RandomState, n?: number) => (n === undefined ? r.randn() : r.randn(n)),
          (r: RandomState, n?: number) => (n === undefined ? r.randint(-7, 1000) : r.randint(-7, 1000, n)),
          (r: RandomState, n?: number) => (n === undefined ? r.choice(100) : r.choice(100, n)),
        ]) {
          expect(upTo(n).map(() => draw(one))).toEqual(numbers(draw(many, n) as ArrayLike<number>));
        }
      }),
      { numRuns: 50 },
    );
  });

  test("integers stay in their range, and small ranges are filled", () => {
    fc.assert(
      fc.property(seeds, fc.maxSafeInteger(), fc.integer({ min: 1, max: 8 }), (seed, middle, width) => {
        const low = Math.min(middle, Number.MAX_SAFE_INTEGER - width);
        const values = numbers(new RandomState(seed).randint(low, low + width, 400));
        // The chance that a given one of 8 values is missing is (7/8)^400 < 1e-23.
        expect([...new Set(values)].sort((a, b) => a - b)).toEqual(upTo(width).map((i) => low + i));
      }),
      { numRuns: 50 },
    );
  });

  test("a permutation has every item once, and is a shuffle of them", () => {
    fc.assert(
      fc.property(seeds, fc.nat(300), (seed, n) => {
        const permutation = numbers(new RandomState(seed).permutation(n));
        const items = upTo(n);
        new RandomState(seed).shuffle(items);
        expect(permutation).toEqual(items);
        expect(permutation.sort((a, b) => a - b)).toEqual(upTo(n));
      }),
      { numRuns: 50 },
    );
  });

  test("without replacement no item is drawn twice", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 60 }), (seed, n) => {
        for (const size of [0, 1, n]) {
          expect(new Set(new RandomState(seed).choice(n, size, { replace: false })).size).toBe(size);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("mean and variance are those of the distributions", () => {
    const random = new RandomState(12345);
    const n = 100_000;
    const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / n;
    const [uniform, normal] = [random.random(n), random.randn(n)];
    // Five standard errors: σ/√n is 0.0009 for the uniform mean, 0.0032 for the normal one, 0.0045 for its square.
    expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan(0.005);
    expect(Math.abs(mean(normal))).toBeLessThan(0.016);
    expect(Math.abs(mean(normal.map((x) => x * x)) - 1)).toBeLessThan(0.023);
  });
});

describe("the state", () => {
  /** Some numbers of every kind, always in the same order. */
  const draws = (random: RandomState) => [
    random.randn(),
    random.random(),
    numbers(random.choice(60_000, 3)),
    random.randn(),
    numbers(random.permutation(4)),
    numbers(random.randn(3)),
  ];

  test.each([0, 1, 2, 3, 311, 312, 623, 624, 625, 1247, 1248, 1249])("is restored after %i words", (words) => {
    const random = new RandomState([1, 2, 3]);
    random.randint(0, WORDS, words);
    const copy = RandomState.fromState(JSON.parse(JSON.stringify(random.getState())));
    expect(copy.getState()).toEqual(random.getState());
    expect(draws(copy)).toEqual(draws(random));
  });

  test("can be set in a generator that is in use, and a wrong state changes nothing", () => {
    const [random, other] = [new RandomState(7), new RandomState(8)];
    random.randn();
    other.randint(0, WORDS, 700);
    other.setState(random.getState());
    expect(draws(other)).toEqual(draws(random));
    const before = other.getState();
    thrownBy(ArgumentError, () => other.setState({ ...random.getState(), position: 625 }));
    expect(other.getState()).toEqual(before);
  });

  test.each([1, 2, 3, 4, 5])("is restored after %i normal values, with the one that waits", (count) => {
    const random = new RandomState(7);
    random.randn(count);
    const state = random.getState();
    expect(state.hasGauss).toBe(count % 2 === 1);
    expect(state.gauss === 0).toBe(count % 2 === 0);
    const copy = RandomState.fromState(JSON.parse(JSON.stringify(state)));
    expect(draws(copy)).toEqual(draws(random));
  });

  test("is restored anywhere in a random sequence of calls", () => {
    const calls = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 40 });
    fc.assert(
      fc.property(calls, (sequence) => {
        const random = new RandomState(99);
        let copy = RandomState.fromState(random.getState());
        for (const call of sequence) {
          const draw = [
            (r: RandomState) => r.random(),
            (r: RandomState) => r.randn(),
            (r: RandomState) => r.randint(0, 1000),
            (r: RandomState) => numbers(r.permutation(9)),
          ][call] as (r: RandomState) => unknown;
          expect(draw(copy)).toEqual(draw(random));
          copy = RandomState.fromState(copy.getState());
        }
      }),
      { numRuns: 30 },
    );
  });

  test("is a copy: neither the generator nor another copy changes it, and changing it changes neither", () => {
    const random = new RandomState(3);
    const state = random.getState();
    const before = structuredClone(state);
    const copy = RandomState.fromState(state);
    draws(random);
    draws(copy);
    expect(state).toEqual(before);
    state.key.fill(1);
    state.position = 5;
    expect(draws(random)).toEqual(draws(copy));
  });

  test("may have its words in a typed array", () => {
    const state = new RandomState(3).getState();
    const typed = { ...state, key: Uint32Array.from(state.key) };
    expect(draws(RandomState.fromState(typed))).toEqual(draws(new RandomState(3)));
  });

  const sound: RandomStateData = new RandomState(0).getState();
  const withWord = (i: number, word: unknown) => sound.key.map((old, j) => (i === j ? word : old));
  test.each<[message: string, change: object]>([
    ['algorithm: expected "MT19937", got "PCG64"', { algorithm: "PCG64" }],
    ["key: expected an array of 624 words, got 5", { key: 5 }],
    ["key: expected 624 words, got Array of length 2", { key: [1, 2] }],
    ["key: expected words that are not all 0, got zeros", { key: new Array(624).fill(0) }],
    ["hasGauss: expected true or false, got 1", { hasGauss: 1 }],
    ["gauss: expected a finite number, got NaN", { gauss: Number.NaN }],
  ])("is refused with %j", (message, change) => {
    const error = thrownBy(ArgumentError, () => RandomState.fromState({ ...sound, ...change } as RandomStateData));
    expect(error.message).toBe(`state.${message}`);
  });

  test.each<[argument: string, state: unknown]>([
    ["state", undefined],
    ["state", null],
    ["state", "MT19937"],
    ["state", []],
    ["state.algorithm", {}],
    ["state.algorithm", { ...sound, algorithm: "PCG64" }],
    ["state.key", { ...sound, key: undefined }],
    ["state.key", { ...sound, key: { length: 624 } }],
    ["state.key", { ...sound, key: sound.key.slice(1) }],
    ["state.key", { ...sound, key: [...sound.key, 1] }],
    ["state.key[3]", { ...sound, key: withWord(3, -1) }],
    ["state.key[623]", { ...sound, key: withWord(623, WORDS) }],
    ["state.key[0]", { ...sound, key: withWord(0, 0.5) }],
    ["state.key[1]", { ...sound, key: withWord(1, "1") }],
    ["state.key[2]", { ...sound, key: withWord(2, null) }],
    ["state.key", { ...sound, key: new Array(624).fill(0) }],
    ["state.key", { ...sound, key: [0x7fffffff, ...new Array(623).fill(0)] }],
    ["state.position", { ...sound, position: -1 }],
    ["state.position", { ...sound, position: 625 }],
    ["state.position", { ...sound, position: 1.5 }],
    ["state.position", { ...sound, position: undefined }],
    ["state.hasGauss", { ...sound, hasGauss: 1 }],
    ["state.gauss", { ...sound, gauss: Number.NaN }],
    ["state.gauss", { ...sound, gauss: null }],
    ["state.pos", { ...sound, pos: 3 }],
  ])("is refused if %s is wrong", (argument, state) => {
    const error = thrownBy(ArgumentError, () => RandomState.fromState(state as RandomStateData));
    expect(error.argument).toBe(argument);
    expect(error.received).toBeTypeOf("string");
  });
});

describe("seeds", () => {
  afterEach(() => vi.unstubAllGlobals());

  test("that are an array of one integer differ from that integer, whatever the type of the array", () => {
    const first = (seed: number | ArrayLike<number>) => new RandomState(seed).randint(0, 100);
    // NumPy: RandomState(5) and RandomState([5]).
    expect([first(5), first([5]), first(Uint32Array.of(5))]).toEqual([99, 69, 69]);
  });

  test("may be left out: two generators differ then, and the entropy is the platform's", () => {
    expect(new RandomState().getState().key).not.toEqual(new RandomState().getState().key);
    const words = (array: Uint32Array) => array.map((_, i) => i + 7);
    vi.stubGlobal("crypto", { getRandomValues: words });
    const expected = new RandomState(upTo(624).map((i) => i + 7));
    expect(new RandomState(undefined).getState()).toEqual(expected.getState());
  });

  test("may not be left out on a platform without entropy, and the error asks for one", () => {
    vi.stubGlobal("crypto", undefined);
    expect(() => new RandomState()).toThrow(
      "seed: expected an integer, as this platform has no crypto.getRandomValues, got undefined",
    );
    expect(new RandomState(0).random()).toBe(0.5488135039273248);
  });

  test.each<[argument: string, seed: unknown]>([
    ["seed", -1],
    ["seed", WORDS],
    ["seed", 0.5],
    ["seed", Number.NaN],
    ["seed", Number.POSITIVE_INFINITY],
    ["seed", null],
    ["seed", "1"],
    ["seed", 1n],
    ["seed", {}],
    ["seed", { length: 1, 0: 1 }],
    ["seed", []],
    ["seed", new Uint32Array(0)],
    ["seed[1]", [1, -1]],
    ["seed[0]", [WORDS]],
    ["seed[2]", [1, 2, "3"]],
    ["seed[0]", [[1, 2]]],
    ["seed[0]", [Number.NaN]],
    ["seed[0]", Float64Array.of(0.5)],
    ["seed[0]", BigInt64Array.of(1n)],
  ])("%s is refused in %o", (argument, seed) => {
    const error = thrownBy(ArgumentError, () => new RandomState(seed as number));
    expect(error.argument).toBe(argument);
    expect(error.received).toBeTypeOf("string");
  });
});

describe("bad arguments are refused before anything is drawn", () => {
  const bad = undefined as never;
  test.each<[argument: string, call: (random: RandomState) => unknown]>([
    ["n", (r) => r.random(-1)],
    ["n", (r) => r.random(1.5)],
    ["n", (r) => r.random(Number.NaN)],
    ["n", (r) => r.random(null as never)],
    ["n", (r) => r.random("3" as never)],
    ["n", (r) => r.random(1e15)],
    ["n", (r) => r.randn(-1)],
    ["n", (r) => r.randn([3] as never)],
    ["low", (r) => r.randint(0.5, 3)],
    ["low", (r) => r.randint(bad, 3)],
    ["high", (r) => r.randint(3, bad)],
    ["high", (r) => r.randint(3, 3)],
    ["high", (r) => r.randint(3, 2)],
    ["high", (r) => r.randint(0, Number.POSITIVE_INFINITY)],
    ["high", (r) => r.randint(0, WORDS + 1)],
    ["high", (r) => r.randint(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER + 1)],
    ["n", (r) => r.randint(0, 3, -1)],
    ["population", (r) => r.choice(0)],
    ["population", (r) => r.choice(-1, 3)],
    ["population", (r) => r.choice(-1, 0)],
    ["population", (r) => r.choice(2.5, 3)],
    ["population", (r) => r.choice(2 ** 31 + 1, 3)],
    ["population", (r) => r.choice(bad, 3)],
    ["population", (r) => r.choice("abc" as never, 3)],
    ["population", (r) => r.choice(new Map() as never, 3)],
    ["population", (r) => r.choice([])],
    ["population", (r) => r.choice([], 3)],
    ["size", (r) => r.choice(5, -1)],
    ["size", (r) => r.choice(5, 1.5)],
    ["size", (r) => r.choice(5, { replace: false } as never)],
    ["size", (r) => r.choice(5, 6, { replace: false })],
    ["size", (r) => r.choice([1, 2], 3, { replace: false })],
    ["options", (r) => r.choice(5, 3, false as never)],
    ["options.replace", (r) => r.choice(5, 3, { replace: 0 as never })],
    ["options.replacement", (r) => r.choice(5, 3, { replacement: false } as never)],
    ["items", (r) => r.permutation(-1)],
    ["items", (r) => r.permutation(1.5)],
    ["items", (r) => r.permutation(bad)],
    ["items", (r) => r.permutation("abc" as never)],
    ["items", (r) => r.shuffle(5 as never)],
    ["items", (r) => r.shuffle("abc" as never)],
    ["items", (r) => r.shuffle(Object.freeze([1, 2, 3]) as number[])],
  ])("%s in %s", (argument, call) => {
    const random = new RandomState(0);
    random.randn();
    const before = random.getState();
    const error = thrownBy(ArgumentError, () => call(random));
    expect(error.argument).toBe(argument);
    expect(error.received).toBeTypeOf("string");
    expect(random.getState()).toEqual(before);
  });

  test("but an array that nothing is drawn from may be frozen, and options may be empty", () => {
    const random = new RandomState(0);
    const before = random.getState();
    random.shuffle(Object.freeze([]) as unknown as unknown[]);
    expect(random.getState()).toEqual(before);
    expect(new RandomState(0).choice(9, 3, {})).toEqual(new RandomState(0).choice(9, 3));
  });

  test("with a message that says what to do", () => {
    const random = new RandomState(0);
    const message = (call: () => unknown) => thrownBy(ArgumentError, call).message;
    expect(message(() => random.randint(6, 5))).toBe("high: expected an integer from 7 to 4294967302, got 5");
    expect(message(() => random.choice(5, 6, { replace: false }))).toBe(
      "size: expected at most 5, the population, as options.replace is false, got 6",
    );
    expect(message(() => random.permutation({} as never))).toBe(
      "items: expected an integer, an array or a typed array, got an object",
    );
    expect(message(() => random.shuffle(5 as never))).toBe("items: expected an array or a typed array, got 5");
    expect(message(() => random.shuffle(Object.freeze([1]) as number[]))).toBe(
      "items: expected an array that can be changed, got a frozen one",
    );
    expect(message(() => random.choice(0))).toContain("population: expected an integer from 1 to");
    expect(message(() => random.choice(5, 3, { replace: 0 as never }))).toBe(
      "options.replace: expected true or false, got 0",
    );
    expect(message(() => new RandomState("1" as never))).toBe(
      'seed: expected an integer from 0 to 4294967295, or an array of them, got "1"',
    );
    expect(message(() => new RandomState([]))).toBe("seed: expected at least one integer, got an empty array");
    expect(thrownBy(ShapeError, () => random.choice([])).message).toBe(
      "population: expected at least one item, got an empty array",
    );
  });
});
