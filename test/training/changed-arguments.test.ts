import {
  ArgumentError,
  type Checkpoint,
  type Matrix,
  matrix,
  NonFiniteError,
  pixels,
  RandomState,
  SGD,
  type Targets,
  type TrainOptions,
  TwoLayerNet,
  train,
} from "numgrad";
import { afterEach, describe, expect, test } from "vitest";
import { rejectionOf, thrownBy } from "../support/thrown.js";

const ROWS = 300;
/** More than 255 different numbers, so that the core does not list them, and each batch is copied. */
const numbers = () => new RandomState(3).random(2 * ROWS);
const labels = () => Array.from({ length: ROWS }, (_, i) => i % 2);
const oneHot = () => Float64Array.from({ length: 2 * ROWS }, (_, i) => Number(i % 4 === 0 || i % 4 === 3));
const rows = (data = numbers()): Matrix => ({ shape: [ROWS, 2], data });
const make = () => new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, weightInitStd: 1, random: 0 });

const OPTIONS: TrainOptions = { steps: 30, batchSize: 20, random: 1, evaluateEvery: 10 };
const begin = (t: Targets, x: Matrix = rows(), more: TrainOptions = {}) => {
  const net = make();
  return { net, run: train(net, { train: { x, t }, test: { x, t } }, { ...OPTIONS, ...more }) };
};

/** The losses of a run whose arguments nobody changes. */
const expected = (t: Targets) =>
  begin(t)
    .run.finish()
    .then(({ losses }) => losses);

/** No test may leave the core unusable. */
afterEach(() => expect(make().loss(matrix([[1, 0]]), [0])).toBeGreaterThan(0));

describe("targets that are changed between the call and the first step do not reach the run:", () => {
  test.each([99, Number.NaN, 1.5, 2 ** 32 - 1, -1])("label %s", async (value) => {
    const t = labels();
    const { run } = begin(t);
    t.fill(value);
    expect((await run.finish()).losses).toEqual(await expected(labels()));
  });

  test("labels in a typed array, in shared memory, and in memory that is transferred", async () => {
    const typed = Uint8Array.from(labels());
    const shared = new Int32Array(new SharedArrayBuffer(4 * ROWS));
    shared.set(labels());
    const transferred = Float32Array.from(labels());
    const runs = [typed, shared, transferred].map((t) => begin(t).run);
    typed.fill(99);
    shared.fill(99);
    structuredClone(transferred, { transfer: [transferred.buffer] });
    for (const run of runs) expect((await run.finish()).losses).toEqual(await expected(labels()));
  });

  test.each([-9e9, Number.NaN, Number.POSITIVE_INFINITY])("a row of targets with %s", async (value) => {
    const t = rows(oneHot());
    const soft = rows(oneHot().map((target) => 0.9 * target + 0.05));
    const runs = [t, soft].map((targets) => begin(targets).run);
    const unchanged = [await expected(rows(t.data.slice())), await expected(rows(soft.data.slice()))];
    t.data.fill(value);
    soft.data.fill(value);
    for (const [i, run] of runs.entries()) expect((await run.finish()).losses).toEqual(unchanged[i]);
  });

  test("the fields of a Matrix", async () => {
    const t = rows(oneHot()) as { shape: readonly [number, number]; data: Float64Array };
    const x = rows() as { shape: readonly [number, number]; data: Float64Array };
    const { run } = begin(t, x);
    for (const changed of [t, x]) Object.assign(changed, { shape: [5, 1], data: new Float64Array(5).fill(1e9) });
    expect((await run.finish()).losses).toEqual(await expected(rows(oneHot())));
  });
});

describe("an argument that gives another value each time that it is read is read once:", () => {
  /** An array whose elements are 0 and 1 when they are first read, and 99 later. */
  const liar = () => {
    const read = new Set<string | symbol>();
    return new Proxy(labels(), {
      get(target, key) {
        if (typeof key === "symbol" || key === "length") return Reflect.get(target, key);
        if (read.has(key)) return 99;
        read.add(key);
        return Reflect.get(target, key);
      },
    });
  };

  test("labels of a run", async () => {
    const run = train(make(), { train: { x: rows(), t: liar() } }, OPTIONS);
    expect((await run.finish()).losses).toEqual(await expected(labels()));
  });

  test("labels of one call", () => {
    for (const method of ["loss", "accuracy", "gradient", "numericalGradient"] as const)
      expect(make()[method](rows(), liar())).toEqual(make()[method](rows(), labels()));
  });

  test("the fields of a Matrix, and a typed array that calls itself longer than it is", () => {
    let reads = 0;
    const x = {
      data: numbers(),
      get shape() {
        return reads++ === 0 ? ([ROWS, 2] as const) : ([9 * ROWS, 2] as const);
      },
    };
    expect(make().loss(x, labels())).toBe(make().loss(rows(), labels()));
    const long = Object.defineProperty(new Float64Array(2), "length", { value: 2 * ROWS });
    expect(thrownBy(ArgumentError, () => make().predict(rows(long))).argument).toBe("x.data");
  });

  test.each(["inputSize", "hiddenSize", "outputSize", "params", "grads"] as const)("%s of a network", (name) => {
    const net = make();
    const before = net[name];
    // What would be assigned would not be what the network computes with.
    expect(() => Object.assign(net, { [name]: make()[name] })).toThrow(TypeError);
    expect(net[name]).toBe(before);
    expect(net.predict(rows()).shape).toEqual([ROWS, 2]);
  });

  test("the parameters of a network, by names that it does not have, as the book's W1", () => {
    const net = make();
    expect(() => Object.assign(net.params, { W1: new Float64Array(6) })).toThrow(TypeError);
    expect(() => Object.assign(net.params, { w1: new Float64Array(6) })).toThrow(TypeError);
  });

  test("a checkpoint", async () => {
    const { run } = begin(labels());
    for await (const { step } of run) if (step === 5) break;
    const checkpoint = run.checkpoint();
    const resume = { ...checkpoint, params: { ...checkpoint.params } };
    let reads = 0;
    Object.defineProperty(resume.params, "w1", {
      enumerable: true,
      get: () => (reads++ === 0 ? checkpoint.params.w1 : new Float64Array(6).fill(Number.NaN)),
    });
    const { net } = begin(labels(), rows(), { resume: resume as Checkpoint });
    expect(net.params.w1).toEqual(checkpoint.params.w1);
  });
});

describe("inputs that lose their memory during a run, or get numbers that are not finite, are an error:", () => {
  const cases: [name: string, change: (x: Matrix) => void, type: typeof ArgumentError | typeof NonFiniteError][] = [
    ["detached", ({ data }) => structuredClone(data, { transfer: [data.buffer] }), ArgumentError],
    ["NaN", ({ data }) => data.fill(Number.NaN), NonFiniteError],
  ];

  test.each(cases)("%s between the call and the first step", async (_, change, type) => {
    const x = rows();
    const { run } = begin(labels(), x);
    change(x);
    expect((await rejectionOf(type, run.finish())).argument).toMatch(/^x\.data/);
  });

  test.each(cases)("%s between two steps", async (_, change, type) => {
    const x = rows();
    const { run, net } = begin(labels(), x, { evaluateEvery: false });
    const steps = async () => {
      for await (const { step } of run) if (step === 3) change(x);
    };
    expect((await rejectionOf(type, steps())).argument).toMatch(/^x\.data/);
    expect(run.history).toMatchObject({ status: "aborted", stoppedAt: 4 });
    expect(net.params.w1.every(Number.isFinite)).toBe(true);
  });

  test("a buffer that is made smaller", async () => {
    type Resizable = new (
      length: number,
      options: { maxByteLength: number },
    ) => ArrayBuffer & { resize(n: number): void };
    const buffer = new (ArrayBuffer as unknown as Resizable)(16 * ROWS, { maxByteLength: 16 * ROWS });
    const x = rows(new Float64Array(buffer));
    x.data.set(numbers());
    const { run } = begin(labels(), x);
    buffer.resize(16);
    expect((await rejectionOf(ArgumentError, run.finish())).message).toMatch(/lost its memory/);
  });

  test("pixels", async () => {
    // With so few steps the pixels are not listed.
    const bytes = Uint8Array.from({ length: 2 * ROWS }, (_, i) => i);
    const data = { train: { x: pixels([ROWS, 2], bytes), t: labels() } };
    const run = train(make(), data, { steps: 2, batchSize: 5, random: 1, evaluateEvery: false });
    structuredClone(bytes, { transfer: [bytes.buffer] });
    expect((await rejectionOf(ArgumentError, run.finish())).argument).toBe("x.data");
  });
});

describe("images that change while they are listed in the core do no harm", () => {
  test("if they have more entries then than were counted", async () => {
    const [size, cols] = [30_000, 784];
    const bytes = new Uint8Array(size * cols);
    const net = new TwoLayerNet({ inputSize: cols, hiddenSize: 3, outputSize: 2, random: 0 });
    const data = { train: { x: pixels([size, cols], bytes), t: new Uint8Array(size) } };
    const run = train(net, data, { steps: 600, batchSize: 100, random: 1, evaluateEvery: false });
    // The images are counted at first. The event loop gets its first turn while they still are, or are listed already.
    const first = run[Symbol.asyncIterator]().next();
    setImmediate(() => bytes.fill(7));
    const { done } = await first;
    expect([done, bytes[0]]).toEqual([false, 7]);
    const { losses } = await run.finish();
    expect(losses.every(Number.isFinite)).toBe(true);
  });
});

describe("a generator of a class of the caller's that draws what there is not is an error:", () => {
  class Beyond extends RandomState {
    override choice(): never {
      return Int32Array.from({ length: 20 }, () => ROWS) as never;
    }
    override permutation(): never {
      return new Int32Array(3) as never;
    }
  }

  test.each(["replacement", "shuffle"] as const)("sampling: %s", async (sampling) => {
    const { run } = begin(labels(), rows(), { random: new Beyond(1), sampling });
    expect((await rejectionOf(ArgumentError, run.finish())).argument).toBe("options.random");
  });

  test.each([
    ["choice", "replacement", -1],
    ["choice", "replacement", ROWS],
    ["permutation", "shuffle", -1],
    ["permutation", "shuffle", ROWS],
  ] as const)("one number of %s (%s) is %i", async (method, sampling, number) => {
    const random = new RandomState(1);
    const draw = random[method].bind(random) as (n: number, size?: number) => Int32Array;
    Object.assign(random, { [method]: (n: number, size?: number) => draw(n, size).fill(number, 1, 2) });
    const { run } = begin(labels(), rows(), { random, sampling });
    expect((await rejectionOf(ArgumentError, run.finish())).message).toMatch(
      new RegExp(
        `^options.random: expected a generator whose ${method} gives \\d+ integers from 0 to ${ROWS - 1}, got another$`,
      ),
    );
  });
});

test("a value that only looks like a network is refused", () => {
  const data = { train: { x: rows(), t: labels() } };
  for (const net of [Object.create(TwoLayerNet.prototype), new Proxy(make(), {}), null])
    expect(thrownBy(ArgumentError, () => train(net, data)).argument).toBe("net");
});

describe("parameters that are NaN or infinite are an error of their own, also where they meet only inputs of 0:", () => {
  const zeros = matrix([[0, 1]]);
  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("%s", (value) => {
    const net = make();
    const uses = [
      () => net.loss(zeros, [0]),
      () => net.predict(zeros),
      () => net.accuracy(zeros, [0]),
      () => net.gradient(zeros, [0]),
      () => net.numericalGradient(zeros, [0]),
      () => net.numericalGradient(zeros, [0], { evaluation: "full" }),
    ];
    for (const [name, index] of [
      ["w1", 2],
      ["b1", 1],
      ["w2", 5],
      ["b2", 0],
    ] as const) {
      const before = net.params[name][index]!;
      net.params[name][index] = value;
      for (const use of uses) {
        const { message } = thrownBy(NonFiniteError, use);
        expect(message).toBe(`net.params.${name}[${index}]: expected a finite number, got ${value}`);
      }
      net.params[name][index] = before;
    }
    expect(net.loss(zeros, [0])).toBeGreaterThan(0);
  });

  test.each([
    ["SGD", new SGD()],
    ["another optimizer", { update: () => {} }],
  ])("in a run with %s the learning rate is not blamed", async (_, optimizer) => {
    const { net, run } = begin(labels(), rows(), { optimizer });
    net.params.w1[4] = Number.NaN;
    expect((await rejectionOf(NonFiniteError, run.finish())).argument).toBe("net.params.w1[4]");
    const later = begin(labels(), rows(), { optimizer, evaluateEvery: false });
    const steps = async () => {
      for await (const { step } of later.run) if (step === 2) later.net.params.b2[1] = Number.NaN;
    };
    expect((await rejectionOf(NonFiniteError, steps())).argument).toBe("net.params.b2[1]");
    expect(later.run.history).toMatchObject({ status: "aborted", stoppedAt: 3 });
  });
});
