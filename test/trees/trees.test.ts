import {
  ArgumentError,
  checkGradient,
  FunctionError,
  gradientDescent,
  jacobian,
  leastSquares,
  type Matrix,
  matrix,
  NonFiniteError,
  numericalGradient,
  numericalGradientAsync,
  partialDerivative,
  ShapeError,
  TwoLayerNet,
} from "numgrad";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../support/thrown.js";

interface Layer {
  w: Matrix;
  b: number[];
}

interface Model {
  w1: Float64Array;
  scale: number;
  layers: Layer[];
}

const model = (): Model => ({
  w1: Float64Array.of(3, 4),
  scale: 2,
  layers: [
    { w: matrix([[1, 2]]), b: [5] },
    { w: matrix([[6], [7]]), b: [8, 9] },
  ],
});

/** scale · w1₀² + w1₁ · w₀₀₁ + b₀₀ · b₁₁, and w₁₁₀ as it is. */
const f = ({ w1, scale, layers: [first, second] }: Model) =>
  scale * w1[0]! ** 2 + w1[1]! * first!.w.data[1]! + first!.b[0]! * second!.b[1]! + second!.w.data[1]!;

const gradientOfModel = () => ({
  w1: [12, 2],
  scale: 9,
  layers: [
    { w: matrix([[0, 4]]), b: [9] },
    { w: matrix([[0], [1]]), b: [0, 5] },
  ],
});

describe("numericalGradient of a tree", () => {
  test("has the structure of x, and the digits of the same numbers in one array", () => {
    const x = model();
    const gradient = numericalGradient(f, x);
    expect(Object.keys(gradient)).toEqual(["w1", "scale", "layers"]);
    expect(gradient.layers[1]!.w.shape).toEqual([2, 1]);
    expect(gradient.layers[0]!.b).toBeInstanceOf(Float64Array);
    const flat = numericalGradient(
      (v) => v[2]! * v[0]! ** 2 + v[1]! * v[4]! + v[5]! * v[9]! + v[7]!,
      [3, 4, 2, 1, 2, 5, 6, 7, 8, 9],
    );
    const { w1, scale, layers } = gradient;
    expect([...w1, scale, ...layers.flatMap(({ w, b }) => [...w.data, ...b])]).toEqual([...flat]);
    expect(x).toEqual(model());
  });

  test("works for arrays of arrays, and for arrays around others", () => {
    const nested = [
      [1, 2],
      [3, 4],
    ];
    const gradient = numericalGradient(([[a, b], [c, d]]) => a! * d! - b! * c!, nested as [number[], number[]]);
    expect(gradient.map((row) => Array.from(row, Math.round))).toEqual([
      [4, -3],
      [-2, 1],
    ]);
    expect(numericalGradient((x) => x[0]!.a * x[1]!.a, [{ a: 2 }, { a: 3 }]).map(({ a }) => Math.round(a))).toEqual([
      3, 2,
    ]);
  });

  test("gives f the caller's typed arrays, and numbers and arrays of numbers in a new tree", () => {
    const x = { data: Float64Array.of(1), list: [2], number: 3 };
    numericalGradient((received) => {
      expect(received).not.toBe(x);
      expect(received.data).toBe(x.data);
      expect(received.list).not.toBe(x.list);
      received.number = 100; // the next call has a new tree
      return received.data[0]! * received.list[0]!;
    }, x);
    expect(x).toEqual({ data: Float64Array.of(1), list: [2], number: 3 });
  });

  test("takes frozen objects, objects without a prototype, and keys of any name", () => {
    const odd = JSON.parse('{ "__proto__": [1], "a.b": 2, "\\"": 3, "": 4 }') as Record<string, number>;
    const x = Object.freeze({
      odd: Object.freeze(odd),
      bare: Object.assign(Object.create(null), { a: 1 }) as { a: number },
    });
    const gradient = numericalGradient((t) => t.odd["a.b"]! * t.odd['"']! * t.bare.a, x);
    expect(Object.keys(gradient.odd)).toEqual(["__proto__", "a.b", '"', ""]);
    expect(gradient.odd["a.b"]).toBeCloseTo(3, 9);
    const report = checkGradient((t) => t.odd["a.b"]! ** 2, { odd, bare: { a: 0 } }, x);
    expect(report.worst.map(({ name }) => name)).toContain("odd.__proto__[0]");
    expect(report.worst.map(({ name }) => name)).toContain('odd["a.b"]');
    expect(report.worst.map(({ name }) => name)).toContain('odd["\\""]');
    expect(report.worst.map(({ name }) => name)).toContain("bare.a");
  });

  test("takes each step by the float type of its array", () => {
    const steps: Record<string, number> = {};
    const x = { single: Float32Array.of(1), double: Float64Array.of(1), number: 1 };
    numericalGradient((t) => {
      for (const [name, value] of [
        ["single", t.single[0]!],
        ["double", t.double[0]!],
        ["number", t.number],
      ] as const) {
        if (value !== 1) steps[name] = Math.abs(value - 1);
      }
      return 0;
    }, x);
    expect(steps.single).toBe(2 ** -8);
    expect(steps.double).toBeCloseTo(1e-4, 12);
    expect(steps.number).toBeCloseTo(1e-4, 12);
  });

  test("evaluates forward differences with one evaluation at x, and keeps to bounds", () => {
    let calls = 0;
    const g = (t: { a: number; b: number[] }) => {
      calls++;
      expect(t.a).toBeLessThanOrEqual(1);
      expect(t.b[1]).toBeGreaterThanOrEqual(2);
      return t.a * t.b[0]! * t.b[1]!;
    };
    numericalGradient(g, { a: 0.5, b: [3, 4] }, { method: "forward" });
    expect(calls).toBe(4);
    const bounds = [
      { a: 0, b: [-10, 2] },
      { a: 1, b: 10 },
    ] as const;
    const { a, b } = numericalGradient(g, { a: 1, b: [3, 2] }, { bounds });
    expect([a, ...b].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([6, 2, 3]);
    const error = thrownBy(ArgumentError, () => numericalGradient(g, { a: 2, b: [3, 2] }, { bounds }));
    expect(error.message).toBe("x.a: expected a number in options.bounds, [0, 1], got 2");
  });

  test("differentiates at the parameters of a network", () => {
    const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 2, outputSize: 2, random: 1 });
    const [x, t] = [matrix([[0.5, -1]]), [1]];
    const gradient = numericalGradient(() => net.loss(x, t), { ...net.params.toArrays(), w1: net.params.w1 });
    expect(gradient.w1).toEqual(numericalGradient(() => net.loss(x, t), net.params.w1));
    expect(gradient.b1).toEqual(new Float64Array(2)); // a copy, at which the network does not look
    net.dispose();
  });

  test("is the same for an async f", async () => {
    const expected = numericalGradient(f, model());
    expect(await numericalGradientAsync(async (x) => f(x), model())).toEqual(expected);
  });

  test("has a tree of 2,000 small objects compared by directions", () => {
    const x = Array.from({ length: 2000 }, (_, i) => ({ a: i }));
    const report = checkGradient(
      (t) => t.reduce((sum, { a }) => sum + Math.sin(a), 0),
      (t) => t.map(({ a }) => ({ a: Math.cos(a) })),
      x,
    );
    expect(report.ok).toBe(true);
    expect(report.evaluations).toBeLessThan(3000);
  });
});

describe("what is no tree is an error that names the path, before f is called", () => {
  const never = () => expect.fail("f was called");
  const messageFor = (x: unknown) =>
    thrownBy(ArgumentError, () => numericalGradient(never, x as { a: number })).message;

  const cyclic: Record<string, unknown> = { a: 1 };
  cyclic.self = { cyclic };
  const shared = Float64Array.of(1, 2, 3);
  class Dense {
    w = Float64Array.of(1);
  }

  test.each([
    [
      { w: [1], b: null },
      "x.b: expected numbers, an array, a Matrix, or an object or array of them, got null: x has numbers only",
    ],
    [
      { w: { b: undefined } },
      "x.w.b: expected numbers, an array, a Matrix, or an object or array of them, got undefined: x has numbers only",
    ],
    [
      { name: "w1" },
      'x.name: expected numbers, an array, a Matrix, or an object or array of them, got "w1": x has numbers only',
    ],
    [
      { f: () => 1 },
      "x.f: expected numbers, an array, a Matrix, or an object or array of them, got a function: x has numbers only",
    ],
    [
      { m: new Map([["w", 1]]) },
      "x.m: expected numbers, an array, a Matrix, or an object or array of them, got a Map: pass its fields as an object, or options.adapter",
    ],
    [
      [new Dense()],
      "x[0]: expected numbers, an array, a Matrix, or an object or array of them, got a Dense: pass its fields as an object, or options.adapter",
    ],
    [
      { "a.b": { 'c"': new Uint8Array(2) } },
      'x["a.b"]["c\\""]: expected an array of numbers, a Float64Array, a Float32Array or a Matrix, got Uint8Array of length 2, which cannot hold x + h',
    ],
    [
      { v: new DataView(new ArrayBuffer(8)) },
      "x.v: expected numbers, an array, a Matrix, or an object or array of them, got a DataView: pass its fields as an object, or options.adapter",
    ],
    [{ w: [1, Number.NaN] }, "x.w[1]: expected a finite number, got NaN"],
    [{ w: Number.POSITIVE_INFINITY }, "x.w: expected a finite number, got Infinity"],
    [{ w: [1, "2"] }, 'x.w[1]: expected a number, got "2"'],
    [
      { m: { shape: [1, 2], data: [1, 2] } },
      "x.m.data: expected a Float64Array or Float32Array, got Array of length 2",
    ],
    [{ m: { shape: [1, 2], data: Float64Array.of(1) } }, "x.m.data: expected 1 × 2 = 2 values, got 1"],
    [{}, "x: expected at least one number, got an object without numbers"],
    [{ a: {}, b: [[], {}] }, "x: expected at least one number, got an object without numbers"],
    [[[]], "x: expected at least one number, got Array of length 1 without numbers"],
    [{ w: new Float64Array(0) }, "x.w: expected at least one number, got an empty array"],
    [cyclic, "x.self.cyclic: expected a tree, got an object that contains itself"],
    [{ a: shared, b: [shared] }, "x.b[0]: expected memory of its own, got memory that it shares with a"],
    [
      { a: shared.subarray(0, 2), b: { shape: [1, 2], data: shared.subarray(1) } },
      "x.b: expected memory of its own, got memory that it shares with a",
    ],
  ])("%#", (x, message) => {
    expect(messageFor(x)).toBe(message);
  });

  test("a tree may not have 100,000 levels", () => {
    let deep: object = { a: 1 };
    for (let i = 0; i < 100_000; i++) deep = { deep };
    expect(messageFor(deep)).toBe("x: expected a tree of at most 500 levels, got more");
  });

  test("a number that is not finite is a NonFiniteError, and an empty tree a ShapeError", () => {
    thrownBy(NonFiniteError, () => numericalGradient(never, { w: [Number.NaN] }));
    thrownBy(ShapeError, () => numericalGradient(never, {}));
  });

  test("options that need a single array are refused", () => {
    const x = { a: 1 } as never;
    for (const [options, name] of [
      [{ batchSize: 2 }, "options.batchSize"],
      [{ out: new Float64Array(1) }, "options.out"],
      [{ adapter: 1 }, "options.adapter"],
      [{ adapter: { is: () => true } }, "options.adapter.toArray"],
      [{ bounds: 1 }, "options.bounds"],
      [{ bounds: [{ b: 1 }, 2] }, "options.bounds[0].b"],
      [{ bounds: [{}, 2] }, "options.bounds[0].a"],
      [{ h: -1 }, "options.h"],
    ] as const) {
      expect(thrownBy(ArgumentError, () => numericalGradient(never, x, options as object)).argument).toBe(name);
    }
    expect(thrownBy(ArgumentError, () => jacobian(never, x, { out: matrix([[1]]) } as object)).argument).toBe(
      "options.out",
    );
  });

  test("parts of one buffer that do not overlap are no error", () => {
    const x = { a: shared.subarray(0, 1), b: shared.subarray(1) };
    expect(numericalGradient(({ a, b }) => a[0]! * b[0]!, x).a[0]).toBeCloseTo(2, 9);
  });
});

describe("a failing f", () => {
  const x = () => ({
    a: Float64Array.of(1, 2),
    layers: [
      {
        w: Float32Array.of(3),
        m: matrix([
          [1, 2],
          [3, 4],
        ]),
      },
    ],
  });

  test("is named by the path of the element that moved, and x is restored", () => {
    const tree = x();
    const run = () => numericalGradient(({ layers: [l] }) => (l!.m.data[2] === 3 ? 1 : Number.NaN), tree);
    const error = thrownBy(FunctionError, run);
    expect(error.message).toBe("f must return a finite number, it returned NaN with layers[0].m[1, 0] moved");
    expect(error.index).toBe(5);
    expect(tree).toEqual(x());
  });

  test("that changes x is noticed, wherever it does", () => {
    const tree = x();
    const change = (t: typeof tree) => {
      t.layers[0]!.m.data[3] = 9;
      return 0;
    };
    expect(thrownBy(FunctionError, () => numericalGradient(change, tree)).message).toMatch(
      /must not change x, but x\.layers\[0\]\.m\.data\[3\]/,
    );
    expect(tree).toEqual(x());
    const list = { a: 1, b: [2, 3] };
    const push = (t: typeof list) => t.b.push(4);
    expect(thrownBy(FunctionError, () => numericalGradient(push, list)).message).toMatch(/x\.b/);
    expect(list).toEqual({ a: 1, b: [2, 3] });
  });
});

test("the Jacobian of a tree has a Matrix for each array", () => {
  const polar = ({ r, at: { t } }: { r: number; at: { t: number[] } }) => [r * Math.cos(t[0]!), r * Math.sin(t[0]!)];
  const x = { r: 2, at: { t: [0] } };
  const { r, at } = jacobian(polar, x);
  expect(r.shape).toEqual([2, 1]);
  expect(r.data[0]).toBeCloseTo(1, 9);
  expect(at.t.data[1]).toBeCloseTo(2, 6);
  const { value, error, evaluations } = jacobian(polar, x, { adaptive: true });
  expect(Math.abs(value.at.t.data[1]! - 2)).toBeLessThanOrEqual(error.at.t.data[1]!);
  expect(error.at.t.data[1]!).toBeLessThan(1e-10);
  expect(evaluations).toBeGreaterThan(4);
  const run = () => jacobian(({ a }) => [Math.sqrt(a - 1)], { a: 1 });
  expect(thrownBy(FunctionError, run).message).toBe(
    "f must return a finite number, it returned NaN with a moved as element 0 of its result",
  );
});

describe("checkGradient of a tree", () => {
  test("passes a right gradient, given or as a function, and names a wrong element", () => {
    const x = model();
    expect(checkGradient(f, gradientOfModel(), x).ok).toBe(true);
    expect(checkGradient(f, () => gradientOfModel(), x).ok).toBe(true);
    expect(checkGradient(f, (t) => numericalGradient(f, t), x).ok).toBe(true);
    const wrong = gradientOfModel();
    wrong.layers[1]!.w.data[1] = 1.01;
    const report = checkGradient(f, wrong, x);
    expect(report.verdict).toBe("wrong");
    expect(report.worst[0]).toMatchObject({ name: "layers[1].w[1, 0]", index: 7, got: 1.01 });
    expect(report.parts).toEqual([
      { name: "w1", verdict: "ok" },
      { name: "scale", verdict: "ok" },
      { name: "layers[0].w", verdict: "ok" },
      { name: "layers[0].b", verdict: "ok" },
      { name: "layers[1].w", verdict: "wrong" },
      { name: "layers[1].b", verdict: "ok" },
    ]);
    expect(String(report)).toMatch(/^gradient wrong in layers\[1\]\.w: 1 of 10 elements/);
    expect(String(report)).toContain("layers[1].w[1, 0]");
    expect(x).toEqual(model());
  });

  test.each([
    [{ w1: [12, 2], scale: 9 }, "gradient.layers: expected a value, as in x, got none"],
    [{ ...gradientOfModel(), w2: [1] }, "gradient.w2: expected no such key, as in x, got Array of length 1"],
    [{ ...gradientOfModel(), scale: [9] }, "gradient.scale: expected a number, as in x, got Array of length 1"],
    [{ ...gradientOfModel(), w1: [12] }, "gradient.w1: expected 2 numbers, as in x, got Array of length 1"],
    [{ ...gradientOfModel(), w1: ["12", 2] }, 'gradient.w1[0]: expected a number, got "12"'],
    [
      { ...gradientOfModel(), layers: [] },
      "gradient.layers: expected an array of length 2, as in x, got Array of length 0",
    ],
    [
      new Float64Array(10),
      "gradient: expected an object { w1, scale, layers }, as in x, got Float64Array of length 10",
    ],
    [
      {
        ...gradientOfModel(),
        layers: [
          { w: matrix([[1], [2]]), b: [1] },
          { w: [1, 2], b: [1, 2] },
        ],
      },
      "gradient.layers[0].w: expected shape [1, 2], as x, got [2, 1]",
    ],
  ])("a gradient of another structure is an error that names the path: %#", (gradient, message) => {
    expect(thrownBy(ArgumentError, () => checkGradient(f, gradient as never, model())).message).toBe(message);
    expect(thrownBy(ArgumentError, () => checkGradient(f, () => gradient as never, model())).message).toBe(message);
  });

  test("by directions tells the verdict of the only array of a tree", () => {
    const x = { w: Float64Array.from({ length: 2000 }, (_, i) => i / 100) };
    const f = ({ w }: typeof x) => w.reduce((sum, value) => sum + Math.sin(value), 0);
    const partsFor = (factor: number) =>
      checkGradient(f, ({ w }) => ({ w: w.map((value) => factor * Math.cos(value)) }), x).parts;
    expect(partsFor(1)).toEqual([{ name: "w", verdict: "ok" }]);
    expect(partsFor(1.01)).toEqual([{ name: "w", verdict: "wrong" }]);
  });

  const large = (single: boolean) => {
    const part = (n: number, from: number): Float64Array | Float32Array => {
      const numbers = Float64Array.from({ length: n }, (_, i) => Math.sin(from + i));
      return single ? Float32Array.from(numbers) : numbers;
    };
    return { w1: part(30_000, 1), b1: part(50, 2), layers: [{ w2: part(9000, 3), b2: part(10, 4) }] };
  };
  type Large = ReturnType<typeof large>;
  const arrays = ({ w1, b1, layers: [l] }: Large) => [w1, b1, l!.w2, l!.b2];
  const sizes = [30_000, 50, 9000, 10];
  const loss = (round: (x: number) => number) => (x: Large) =>
    round(
      arrays(x).reduce((sum, a, k) => sum + Array.from(a).reduce((s, v) => s + Math.sin(v + k), 0) / sizes[k]!, 2.3),
    );
  const right = (round: (x: number) => number) => (x: Large) => {
    const [w1, b1, w2, b2] = arrays(x).map((a, k) => Float64Array.from(a, (v) => round(Math.cos(v + k) / sizes[k]!)));
    return { w1: w1!, b1: b1!, layers: [{ w2: w2!, b2: b2! }] };
  };

  test.each([false, true])(
    "by directions passes a right gradient, and tells which array is wrong (float32: %s)",
    (single) => {
      const round = single ? Math.fround : (x: number) => x;
      const x = large(single);
      const ok = checkGradient(loss(round), right(round), x);
      expect(ok.ok, String(ok)).toBe(true);
      expect(ok.directions).toBe(true);
      expect(ok.evaluations).toBeLessThan(250);
      for (const name of ["w1", "b1", "layers[0].w2", "layers[0].b2"]) {
        const planted = (t: Large) => {
          const gradient = right(round)(t);
          const array =
            { w1: gradient.w1, b1: gradient.b1, "layers[0].w2": gradient.layers[0]!.w2 }[name] ??
            gradient.layers[0]!.b2;
          for (let i = 0; i < array.length; i++) array[i]! *= 1.01;
          return gradient;
        };
        const report = checkGradient(loss(round), planted, x);
        expect(report.verdict).toBe("wrong");
        expect(report.parts.filter(({ verdict }) => verdict === "wrong").map((part) => part.name)).toEqual([name]);
      }
    },
  );
});

test("an array may have numbers beside arrays, also if a number comes first", () => {
  const f = ([scale, w]: [number, number[]]) => scale * w[0]!;
  const x: [number, number[]] = [2, [3]];
  const [scale, w] = numericalGradient(f, x);
  expect(scale).toBeCloseTo(3, 9);
  expect(w[0]).toBeCloseTo(2, 9);
  expect(checkGradient(f, [3, [2.1]], x).worst[0]!.name).toBe("x[1][0]");
});

test("a function that takes no tree says what to do", () => {
  const tree = { w: [1, 2] } as never;
  const messages = [
    () => partialDerivative(() => 0, tree, 0),
    () => gradientDescent(() => 0, tree),
    () => leastSquares(() => [0], tree),
  ].map((call) => thrownBy(ArgumentError, call).message.replace(/.*got an object, /, ""));
  expect(messages).toEqual([
    "a tree: numericalGradient takes it",
    "a tree: move its numbers along its numericalGradient",
    "a tree: pass its numbers as one array",
  ]);
});
