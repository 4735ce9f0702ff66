import {
  ArgumentError,
  CoreError,
  DisposedError,
  dot,
  FunctionError,
  type Matrix,
  matrix,
  memoryUsage,
  NonFiniteError,
  type NumgradError,
  numericalGradient,
  pixels,
  RandomState,
  SGD,
  ShapeError,
  softmax,
  TwoLayerNet,
  type TwoLayerNetOptions,
} from "numgrad";
import { describe, expect, test } from "vitest";
import { PARAMETER_NAMES } from "../../packages/numgrad/src/network/dimensions.js";
import { core } from "../../packages/numgrad/src/wasm/runtime.js";
import { thrownBy } from "../support/thrown.js";

const small = (options: Partial<TwoLayerNetOptions> = {}) =>
  new TwoLayerNet({ inputSize: 3, hiddenSize: 4, outputSize: 2, weightInitStd: 1, random: 7, ...options });

const x = matrix([
  [0.5, 0, -1],
  [1, 2, 0.25],
]);
const t = [0, 1];

/** Random rows, in which a third of the numbers is 0. */
function randomRows(rows: number, cols: number, seed = 3): Matrix {
  const data = new RandomState(seed).random(rows * cols).map((value) => (value < 1 / 3 ? 0 : value));
  return { shape: [rows, cols], data };
}

describe("a new network", () => {
  test("draws W1 and then W2, multiplies them by weightInitStd, and has biases and gradients of 0", () => {
    const net = small({ weightInitStd: 0.5, random: 11 });
    const drawn = new RandomState(11).randn(3 * 4 + 4 * 2).map((value) => 0.5 * value);
    expect([...net.params.w1, ...net.params.w2]).toEqual([...drawn]);
    expect([...net.params.b1, ...net.params.b2]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(PARAMETER_NAMES.map((name) => net.grads[name].every((value) => value === 0))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([net.inputSize, net.hiddenSize, net.outputSize]).toEqual([3, 4, 2]);
  });

  test("advances a generator that is passed in, and makes its own generator from a seed", () => {
    const random = new RandomState(5);
    small({ random });
    const other = new RandomState(5);
    other.randn(3 * 4 + 4 * 2);
    expect(random.random()).toBe(other.random());
    const [seeded, drawn] = [small({ random: 5 }), small({ random: new RandomState(5) })];
    expect(seeded.params.toArrays()).toEqual(drawn.params.toArrays());
  });

  test.each([
    ["inputSize", 0],
    ["hiddenSize", 1.5],
    ["outputSize", "10"],
    ["inputSize", undefined],
    ["weightInitStd", Number.NaN],
    ["random", "1"],
    ["random", [1, 2]],
    ["random", null],
    ["hiddenLayers", 2],
  ])("with %s: %s is refused, naming the option", (option, value) => {
    const options = { inputSize: 3, hiddenSize: 4, outputSize: 2, [option]: value } as TwoLayerNetOptions;
    expect(thrownBy(ArgumentError, () => new TwoLayerNet(options)).argument).toBe(`options.${option}`);
  });

  test("that does not fit into memory is refused, and the core goes on working", () => {
    const huge = { inputSize: 2 ** 20, hiddenSize: 2 ** 20, outputSize: 10, random: 0 };
    expect(thrownBy(CoreError, () => new TwoLayerNet(huge)).message).toMatch(/memory/);
    expect(small().loss(x, t)).toBeGreaterThan(0);
  });
});

describe("parameters", () => {
  test("are live: the network uses what is written", () => {
    const net = small();
    const before = net.loss(x, t);
    net.params.b2[0] = 3;
    expect(net.params.b2[0]).toBe(3);
    expect(net.loss(x, t)).not.toBe(before);
  });

  test("are the same view on each access until memory grows, and a new view then", () => {
    const net = small();
    const view = net.params.w1;
    expect(net.params.w1).toBe(view);
    const values = [...view];
    core().memory.grow(1);
    expect(view.length).toBe(0);
    expect([...net.params.w1]).toEqual(values);
  });

  test("are found by Object.keys and by spreading, so that the book's loops over their names work", () => {
    const net = small();
    expect(Object.keys(net.params)).toEqual([...PARAMETER_NAMES]);
    net.gradient(x, t);
    const before = net.params.toArrays();
    new SGD({ learningRate: 1 }).update({ ...net.params }, { ...net.grads });
    expect(net.params.w1[0]).toBe(before.w1[0]! - net.grads.w1[0]!);
  });

  test("are copied by toArrays", () => {
    const net = small();
    const copy = net.params.toArrays();
    copy.w1.fill(0);
    expect(net.params.w1.every((value) => value !== 0)).toBe(true);
  });

  test.each(["incremental", "full"] as const)(
    "are bit for bit unchanged after a numerical gradient, %s",
    (evaluation) => {
      const net = small();
      const before = net.params.toArrays();
      net.numericalGradient(x, t, { evaluation });
      expect(net.params.toArrays()).toEqual(before);
    },
  );
});

describe("gradients", () => {
  test("are written into net.grads, and returned as copies unless copy is false", () => {
    const net = small();
    const numerical = net.numericalGradient(x, t);
    expect(net.grads.toArrays()).toEqual(numerical);
    const backprop = net.gradient(x, t);
    expect(net.grads.toArrays()).toEqual(backprop);
    expect(numerical).not.toEqual(backprop);
    expect(net.gradient(x, t, { copy: false })).toBe(net.grads);
    expect(net.numericalGradient(x, t, { copy: false })).toBe(net.grads);
  });

  test("by central differences are within 1e-6 of those by backpropagation", () => {
    const net = small();
    const [numerical, backprop] = [net.numericalGradient(x, t), net.gradient(x, t)];
    for (const name of PARAMETER_NAMES) {
      for (const [i, value] of numerical[name].entries())
        expect(Math.abs(value - backprop[name][i]!)).toBeLessThan(1e-6);
    }
  });

  test("of many rows are the mean of the gradients of fewer rows, whatever parts the core makes of them", () => {
    const net = small();
    const rows = 350;
    const many = randomRows(rows, 3);
    const labels = Array.from({ length: rows }, (_, i) => i % 2);
    for (const method of ["numericalGradient", "gradient"] as const) {
      const whole = net[method](many, labels);
      const mean = new Float64Array(12);
      for (let start = 0; start < rows; start += 50) {
        const part: Matrix = { shape: [50, 3], data: many.data.subarray(3 * start, 3 * (start + 50)) };
        const gradient = net[method](part, labels.slice(start, start + 50)).w1;
        for (const [i, value] of gradient.entries()) mean[i]! += (value * 50) / rows;
      }
      // The means differ by seven roundings and by the order of summation.
      for (const [i, value] of whole.w1.entries()) expect(Math.abs(value - mean[i]!)).toBeLessThan(1e-16);
    }
    expect(net.accuracy(many, labels)).toBeGreaterThan(0);
    expect(net.predict(many).shape).toEqual([rows, 2]);
  });

  test("of more rows than a part agree with the definition", () => {
    const net = small();
    const many = randomRows(230, 3);
    const labels = Array.from({ length: 230 }, (_, i) => (i * 7) % 2);
    const full = net.numericalGradient(many, labels, { evaluation: "full" });
    const incremental = net.numericalGradient(many, labels);
    // The losses are of order 1 and exact to a few ulp; they are divided by 2h = 2e-4.
    for (const [i, value] of full.w1.entries()) expect(Math.abs(value - incremental.w1[i]!)).toBeLessThan(1e-11);
  });

  test("with soft targets that do not sum to 1 agree with the definition", () => {
    const net = small();
    const soft = matrix([
      [0.3, 1.4],
      [0, 0.2],
    ]);
    const full = net.numericalGradient(x, soft, { evaluation: "full" });
    const incremental = net.numericalGradient(x, soft);
    const backprop = net.gradient(x, soft);
    for (const name of PARAMETER_NAMES) {
      for (const [i, value] of full[name].entries()) {
        expect(Math.abs(value - incremental[name][i]!)).toBeLessThan(2e-11);
        expect(Math.abs(value - backprop[name][i]!)).toBeLessThan(1e-6);
      }
    }
  });
});

test("predictions of more rows than a part are those of its rows one by one", () => {
  const net = small({ outputSize: 5 });
  const many = randomRows(230, 3);
  const probs = net.predict(many);
  for (let row = 0; row < 230; row++) {
    const one = net.predict(many.data.subarray(3 * row, 3 * row + 3));
    expect(probs.data.subarray(5 * row, 5 * row + 5)).toEqual(one);
  }
});

test("a row of targets with two ones is not a label", () => {
  const net = small();
  const two = matrix([
    [1, 1],
    [0, 1],
  ]);
  const logs = net.predict(x).data.map((p) => Math.log(p + 1e-7));
  expect(net.loss(x, two)).toBeCloseTo(-(logs[0]! + logs[1]! + logs[3]!) / 2, 14);
});

describe("wrong input throws an error before anything changes:", () => {
  const broken = matrix([
    [0.5, 0, -1],
    [1, Number.NaN, 0.25],
  ]);
  const late = randomRows(250, 3);
  late.data[700] = Number.POSITIVE_INFINITY;
  const labels250 = new Uint8Array(250);
  const cases: [string, unknown, unknown, new (...args: never[]) => NumgradError, RegExp][] = [
    ["rows of another width", matrix([[1, 2]]), [0], ShapeError, /^x: expected rows of 3 inputs, got shape \[1, 2\]$/],
    ["an array for x", [1, 2, 3], [0], ArgumentError, /^x: expected a Matrix/],
    [
      "data that do not fit their shape",
      { shape: [2, 3], data: new Float64Array(5) },
      t,
      ShapeError,
      /2 × 3 = 6 values/,
    ],
    ["an empty batch", { shape: [0, 3], data: new Float64Array(0) }, [], ShapeError, /^x\.shape/],
    ["NaN", broken, t, NonFiniteError, /^x\.data\[4\]: expected a finite number, got NaN$/],
    ["an infinity in a later part", late, labels250, NonFiniteError, /^x\.data\[700\]/],
    ["a label out of range", x, [0, 2], ArgumentError, /^t\[1\]: expected a class index from 0 to 1, got 2$/],
    ["a negative label", x, [-1, 0], ArgumentError, /^t\[0\]/],
    ["a label that is no integer", x, [0, 0.5], ArgumentError, /^t\[1\]/],
    ["too few labels", x, [0], ShapeError, /^t: expected 2 labels/],
    ["targets of another shape", x, matrix([[1, 0]]), ShapeError, /^t: expected labels or a Matrix of shape \[2, 2\]/],
    [
      "a negative target",
      x,
      matrix([
        [1, 0],
        [-0.5, 0],
      ]),
      ArgumentError,
      /^t\.data\[2\]/,
    ],
    [
      "an infinite target",
      x,
      matrix([
        [1, 0],
        [0, Number.POSITIVE_INFINITY],
      ]),
      NonFiniteError,
      /^t\.data\[3\]/,
    ],
    ["pixels of another width", pixels([1, 2], new Uint8Array(2)), [0], ShapeError, /^x:/],
    ["undefined targets", x, undefined, ArgumentError, /^t: expected labels \(an array\) or a Matrix of targets/],
    [
      "a negative target before all others",
      x,
      matrix([
        [-1, 0],
        [0, 1],
      ]),
      ArgumentError,
      /^t\.data\[0\]: expected a target of at least 0, got -1$/,
    ],
    [
      "targets of another width",
      x,
      matrix([
        [1, 0, 0],
        [0, 1, 0],
      ]),
      ShapeError,
      /^t: expected labels or a Matrix of shape \[2, 2\], got shape \[2, 3\]$/,
    ],
    ["targets that do not fit their shape", x, { shape: [2, 2], data: new Float64Array(3) }, ShapeError, /2 × 2 = 4/],
    [
      "pixels that do not fit their shape",
      { ...pixels([1, 3], new Uint8Array(3)), shape: [2, 3] },
      t,
      ShapeError,
      /2 × 3/,
    ],
  ]; // prettier-ignore

  test.each(cases)("%s", (_, badX, badT, type, message) => {
    const net = small();
    net.numericalGradient(x, t);
    const [params, grads] = [net.params.toArrays(), net.grads.toArrays()];
    const calls = [
      () => net.loss(badX as Matrix, badT as number[]),
      () => net.accuracy(badX as Matrix, badT as number[]),
      () => net.gradient(badX as Matrix, badT as number[]),
      () => net.numericalGradient(badX as Matrix, badT as number[]),
      () => net.numericalGradient(badX as Matrix, badT as number[], { evaluation: "full" }),
    ];
    for (const call of calls) expect(thrownBy(type, call).message).toMatch(message);
    expect(net.params.toArrays()).toEqual(params);
    expect(net.grads.toArrays()).toEqual(grads);
  });

  test.each([
    [{ h: 0 }, "options.h"],
    [{ h: Number.NaN }, "options.h"],
    [{ h: 1e308 }, "options.h"],
    [{ h: 1e-320 }, "options.h"],
    [{ evaluation: "fast" }, "options.evaluation"],
    [{ copy: 1 }, "options.copy"],
    [{ step: 1e-4 }, "options.step"],
    [null, "options"],
  ])("numericalGradient with %s", (options, argument) => {
    expect(thrownBy(ArgumentError, () => small().numericalGradient(x, t, options as never)).argument).toBe(argument);
  });
});

describe("a parameter that is NaN is named,", () => {
  test.each(PARAMETER_NAMES)("the first and the last of %s", (name) => {
    const net = small();
    const { length } = net.params[name];
    for (const index of [0, length - 1]) {
      const before = net.params[name][index]!;
      net.params[name][index] = Number.NaN;
      const error = thrownBy(NonFiniteError, () => net.loss(x, t));
      expect([error.argument, error.index]).toEqual([`net.params.${name}[${index}]`, index]);
      net.params[name][index] = before;
    }
    expect(net.loss(x, t)).toBe(small().loss(x, t));
  });
});

describe("a single sample", () => {
  test("gives the bits of its row", () => {
    const rows = small().predict(x);
    expect(small().predict([1, 2, 0.25])).toEqual(rows.data.slice(2));
  });

  test.each([
    [[1, 2], ShapeError, /^x: expected 3 inputs, got 2$/],
    [[1, 2, "3"], ArgumentError, /^x/],
    [new Uint8Array(3), ArgumentError, /^x: expected numbers, or pixels\(\[1, 3\], bytes\)/],
  ] as const)("%s is refused", (sample, type, message) => {
    expect(thrownBy<NumgradError>(type, () => small().predict(sample as unknown as number[])).message).toMatch(message);
  });
});

test("wrong options are named, and what is expected of them", () => {
  const copied = () => small().gradient(x, t, { copy: 1 } as never);
  expect(thrownBy(ArgumentError, copied).message).toBe("options.copy: expected true or false, got 1");
  const huge = thrownBy(ArgumentError, () => small({ weightInitStd: 1e307 }));
  expect(huge.message).toBe("40 × options.weightInitStd: expected a finite number, got Infinity");
});

describe("dispose", () => {
  test("makes every later use throw a DisposedError, and may be called twice", () => {
    const net = small();
    net.dispose();
    net.dispose();
    const uses = [
      () => net.loss(x, t),
      () => net.predict(x),
      () => net.accuracy(x, t),
      () => net.gradient(x, t),
      () => net.numericalGradient(x, t),
      () => net.params.w1,
      () => net.grads.toArrays(),
      () => new SGD({}).update(net.params, net.grads),
    ];
    for (const use of uses) thrownBy(DisposedError, use);
  });

  test("gives memory back: making networks and disposing of them does not let memory grow", () => {
    const make = () => new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, random: 0 });
    make().dispose();
    const before = core().memory.buffer.byteLength;
    for (let i = 0; i < 20; i++) make().dispose();
    expect(core().memory.buffer.byteLength).toBe(before);
  });

  test("is what `using` calls", () => {
    const net = small();
    net[Symbol.dispose]();
    thrownBy(DisposedError, () => net.params.w1);
  });
});

describe("numericalGradient of any function, on a network's own parameters", () => {
  test("is the book's loop", () => {
    const net = small();
    const before = net.params.toArrays();
    const full = net.numericalGradient(x, t, { evaluation: "full" });
    for (const name of PARAMETER_NAMES) {
      expect(numericalGradient(() => net.loss(x, t), net.params[name])).toEqual(full[name]);
    }
    expect(net.params.toArrays()).toEqual(before);
  });

  test("restores them if f makes new networks, and throws an error that says so", () => {
    const net = small();
    const before = net.params.toArrays();
    const grow = () => {
      core().memory.grow(1);
      return net.loss(x, t);
    };
    expect(thrownBy(FunctionError, () => numericalGradient(grow, net.params.w1)).message).toMatch(/networks/);
    expect(net.params.toArrays()).toEqual(before);
  });

  test("throws an error that says so if f disposes of the network", () => {
    const net = small();
    const dispose = () => {
      const loss = net.loss(x, t);
      net.dispose();
      return loss;
    };
    expect(thrownBy(FunctionError, () => numericalGradient(dispose, net.params.w1)).message).toMatch(/dispose/);
  });
});

test("nothing but making a network grows memory, or keeps any memory", () => {
  const net = new TwoLayerNet({ inputSize: 40, hiddenSize: 30, outputSize: 10, random: 0 });
  const before = memoryUsage();
  const many = randomRows(5000, 40);
  const labels = new Uint8Array(5000);
  net.predict(many);
  net.loss(many, labels);
  net.accuracy(many, labels);
  net.gradient(many, labels);
  net.numericalGradient(many, labels);
  net.numericalGradient(many, { shape: [5000, 10], data: new Float64Array(50_000).fill(0.1) }, { h: 1e-3 });
  net.loss(pixels([5000, 40], new Uint8Array(200_000).fill(9)), labels);
  new SGD({ learningRate: 0.1 }).update(net.params, net.grads);
  softmax(many);
  dot(many, { shape: [40, 7], data: new Float64Array(280) });
  expect(memoryUsage()).toEqual(before);
});
