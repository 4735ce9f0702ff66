import { inspect } from "node:util";
import {
  ArgumentError,
  argmax,
  at,
  dot,
  jacobian,
  type Matrix,
  matrix,
  numericalGradient,
  pixels,
  rows,
  ShapeError,
  softmax,
  TwoLayerNet,
} from "numgrad";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../support/thrown.js";

const m = () =>
  matrix([
    [1, 2, 3],
    [4, 50, 6],
  ]);

describe("argmax", () => {
  test("is NumPy's, of a vector and of each row of a Matrix", () => {
    expect(argmax([3, 9, 9, 1])).toBe(1);
    expect(argmax(Float32Array.of(1, Number.NaN, 5))).toBe(1);
    expect(argmax(m())).toEqual(Int32Array.of(2, 1));
    expect(argmax({ shape: [2, 1], data: Float32Array.of(1, 2) })).toEqual(Int32Array.of(0, 0));
  });

  test("of the predictions is the book's np.argmax(y, axis=1)", () => {
    const net = new TwoLayerNet({ inputSize: 3, hiddenSize: 4, outputSize: 3, weightInitStd: 1, random: 0 });
    const labels = argmax(net.predict(m()));
    expect(net.accuracy(m(), labels)).toBe(1);
  });

  test("refuses what is neither, and nothing at all", () => {
    expect(thrownBy(ArgumentError, () => argmax(5 as never)).message).toBe(
      "x: expected an array of numbers or a Matrix, got 5",
    );
    expect(thrownBy(ShapeError, () => argmax([])).argument).toBe("x");
  });
});

describe("rows and at", () => {
  test("read a Matrix or Pixels; a row is a window", () => {
    const a = m();
    expect(rows(a)).toEqual([Float64Array.of(1, 2, 3), Float64Array.of(4, 50, 6)]);
    rows(a)[1]![0] = 7;
    expect([at(a, 1, 0), at(a, 0, 2), at(a, -1, -1), at(a, -2, -3)]).toEqual([7, 3, 6, 1]);
    const p = pixels([2, 2], Uint8Array.of(1, 2, 3, 4));
    expect([rows(p)[1], at(p, 1, 0)]).toEqual([Uint8Array.of(3, 4), 3]);
  });

  test("refuse what is outside, and other values", () => {
    for (const [row, col, argument] of [
      [2, 0, "row"],
      [-3, 0, "row"],
      [0, 3, "col"],
      [0, 1.5, "col"],
    ] as const)
      expect(thrownBy(ArgumentError, () => at(m(), row, col)).argument).toBe(argument);
  });

  test.each([
    ["m: expected a Matrix or Pixels, got Array of length 1: matrix(rows) makes a Matrix of rows", [[1]]],
    ["m: expected a Matrix or Pixels, got 5", 5],
    ["m.data: expected 2 × 2 = 4 values, got 3", { shape: [2, 2], data: new Float64Array(3) }],
    ["m.data: expected 2 × 2 = 4 values, got 3", { ...pixels([2, 2], new Uint8Array(4)), data: new Uint8Array(3) }],
  ])("refuse what is neither a Matrix nor Pixels, and what does not fit its shape: %s", (message, value) => {
    for (const call of [() => rows(value as never), () => at(value as never, 0, 0)])
      expect(thrownBy(ArgumentError, call).message).toBe(message);
  });
});

describe("a Matrix is printed as a table", () => {
  test("with aligned columns and six digits", () => {
    const table = "Matrix 2 × 3\n  1   2         3\n  4  50  0.333333";
    expect(
      inspect(
        matrix([
          [1, 2, 3],
          [4, 50, 1 / 3],
        ]),
      ),
    ).toBe(table);
    expect(inspect(matrix([[1234567, 0.1234567, -123456789012]]))).toMatch(/ 1234567 {2}0\.123457 {2}-123456789012$/);
    expect(inspect({ y: m() })).toBe("{\n  y: Matrix 2 × 3\n    1   2  3\n    4  50  6\n}");
    expect(inspect({ a: { b: { c: { y: m() } } } })).toMatch(/\[Matrix 2 × 3\]|\[Object\]/);
  });

  test("of which the middle is left out if it is large", () => {
    const large = matrix(Array.from({ length: 40 }, (_, r) => Array.from({ length: 30 }, (_, c) => 100 * r + c)));
    const lines = inspect(large).split("\n");
    expect(lines).toHaveLength(1 + 12);
    expect(lines[1]).toBe("     0     1     2     3     4  …    26    27    28    29");
    expect(lines[7]).toMatch(/^( +…)+$/);
    expect(lines.at(-1)).toBe("  3900  3901  3902  3903  3904  …  3926  3927  3928  3929");
  });

  test("whatever function has made it, and is a plain object all the same", () => {
    const made: Matrix[] = [
      dot(m(), matrix([[1], [2], [3]])),
      softmax(m()),
      jacobian((x) => x, [1, 2]),
      numericalGradient((w) => w.data[0]!, m()),
    ];
    for (const result of made) {
      expect(inspect(result)).toMatch(/^Matrix \d × \d\n/);
      expect(result).toStrictEqual({ shape: result.shape, data: result.data });
      expect(Object.keys(structuredClone(result))).toEqual(["shape", "data"]);
    }
  });
});

describe("predict of one sample", () => {
  const net = new TwoLayerNet({ inputSize: 3, hiddenSize: 4, outputSize: 2, weightInitStd: 1, random: 0 });

  test.each([[[1, 2, 3]], [Float64Array.of(1, 2, 3)], [Float32Array.of(1, 2, 3)], [Int32Array.of(1, 2, 3)]])(
    "given as a vector gives its probabilities: %o",
    (x) => {
      expect(net.predict(x)).toEqual(net.predict(matrix([[1, 2, 3]])).data);
    },
  );

  test("refuses another length, bytes that could be pixels, and what is no number", () => {
    expect(thrownBy(ShapeError, () => net.predict([1, 2])).message).toBe("x: expected 3 inputs, got 2");
    expect(thrownBy(ArgumentError, () => net.predict(new Uint8Array(3))).message).toBe(
      "x: expected numbers, or pixels([1, 3], bytes), got Uint8Array of length 3",
    );
    thrownBy(ArgumentError, () => net.predict(["1", 2, 3] as never));
    thrownBy(ArgumentError, () => net.predict([1, 2, Number.NaN]));
  });
});

test("arrays of arrays are answered with what makes a Matrix of them", () => {
  const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, random: 0 });
  const nested = [
    [1, 0],
    [0, 1],
  ] as never;
  const hint = ", got Array of length 2: matrix(rows) makes a Matrix of rows";
  const calls: [() => unknown, string][] = [
    [() => net.predict(nested), `x[0]: expected a number${hint}`],
    [() => net.loss(nested, [0, 1]), `x: expected a Matrix { shape, data }${hint}`],
    [() => net.loss(matrix(nested), nested), `t[0]: expected a number${hint}`],
    [() => softmax(nested), `x[0]: expected a number${hint}`],
    [() => rows(nested), `m: expected a Matrix or Pixels${hint}`],
  ];
  for (const [call, message] of calls) expect(thrownBy(ArgumentError, call).message).toBe(message);
});

test("messages for what beginners write", async () => {
  const { SGD, numericalDiff, numericalGradient } = await import("numgrad");
  const { encodeNpz } = await import("numgrad/files");
  const messages: [() => unknown, string][] = [
    [() => matrix([1, 2, 3] as never), "rows[0]: expected a row, as in matrix([[1, 2], [3, 4]]), got 1"],
    [() => new SGD(0.1 as never), "options: expected an object { learningRate }, got 0.1"],
    [
      () => numericalDiff((x) => x, 1, 1e-4 as never),
      "options: expected an object { h, relativeStep, method, bounds }, got 0.0001",
    ],
    [
      () => new TwoLayerNet(784 as never),
      "options: expected an object { inputSize, hiddenSize, outputSize, weightInitStd, random }, got 784",
    ],
    [
      () => {
        const { params } = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2 });
        return numericalGradient(() => 0, params as never);
      },
      "x: expected an array of numbers, a Float64Array, a Float32Array or a Matrix, got a LiveParameters: pass its arrays, or { ...x } as a tree",
    ],
    [
      () => encodeNpz({ t: [1, 2] as never }),
      "arrays.t: expected a typed array (as Float64Array.from(…) makes one) or { shape, data }, got Array of length 2",
    ],
  ];
  for (const [action, message] of messages) expect(thrownBy(ArgumentError, action).message).toBe(message);
});
