// Several threads train a network together, and everything is as with one thread, to the last bit.
import {
  type Checkpoint,
  DisposedError,
  DivergenceError,
  type Matrix,
  matrix,
  memoryUsage,
  type NetworkParams,
  pixels,
  RandomState,
  type Samples,
  SGD,
  type TrainOptions,
  TwoLayerNet,
  train,
} from "numgrad";
import { applyParams, encodeParams } from "numgrad/files";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { Member } from "../../packages/numgrad/src/team/member.js";
import { Team } from "../../packages/numgrad/src/team/team.js";

const [INPUTS, CLASSES] = [64, 5];
const random = new RandomState(7);
const integers = (count: number, high: number) => Array.from({ length: count }, () => random.randint(0, high));

/** Images of which 81 of 100 pixels are 0, and their labels. */
const bytes = Uint8Array.from(integers(120 * INPUTS, 100), (percent) => (percent < 19 ? 13 * percent + 1 : 0));
const labels = integers(120, CLASSES);
const images = { x: pixels([120, INPUTS], bytes), t: labels };
const softTargets = matrix(labels.map((label) => integers(CLASSES, 9).map((t, k) => (k === label ? 1 : t / 20))));

const others = new RandomState(8);
const rows = Array.from({ length: 120 }, () => others.randn(INPUTS));
const withNaN = matrix(rows.map((row, i) => row.map((x) => (i === 119 ? Number.NaN : x))));

const newNet = (hiddenSize = 20) =>
  new TwoLayerNet({ inputSize: INPUTS, hiddenSize, outputSize: CLASSES, random: 1, weightInitStd: 0.1 });

const DEFAULTS = { steps: 20, batchSize: 50, evaluateEvery: 7 };

/** What a run leaves behind, and what it said about its threads. */
async function trainWith(threads: number, data: Samples, options: TrainOptions = {}, hiddenSize = 20) {
  const net = newNet(hiddenSize);
  const optimizer = new SGD({ learningRate: 0.5 });
  const run = train(net, { train: data, test: data }, { ...DEFAULTS, optimizer, random: 2, threads, ...options });
  let most = 0;
  for await (const _ of run) most = Math.max(most, run.threads);
  expect(run.threads).toBe(1);
  const { times: _, ...history } = run.history;
  const left = { params: net.params.toArrays(), grads: net.grads.toArrays(), history };
  net.dispose();
  return { most, missing: run.threadsMissing, left };
}

describe("the bits are those of one thread", () => {
  test.each([1, 2, 50, 51])("with %i hidden units, as many threads as have work", async (hiddenSize) => {
    for (const gradient of ["numerical", "backprop"] as const) {
      const { left } = await trainWith(1, images, { gradient }, hiddenSize);
      for (const threads of [2, 3, 7]) {
        const team = await trainWith(threads, images, { gradient }, hiddenSize);
        expect(team.left).toEqual(left);
        expect(team.most).toBe(Math.min(threads, Math.ceil(hiddenSize / 8)));
        expect(team.missing === undefined).toBe(team.most === threads);
      }
    }
  });

  const numbers = (scale: number) =>
    matrix(Array.from({ length: 120 }, () => random.randn(INPUTS).map((x) => x * scale)));
  const cases: [string, Samples, TrainOptions][] = [
    ["numbers", { x: numbers(1), t: labels }, {}],
    ["numbers in float32", { x: { ...numbers(1), data: new Float32Array(numbers(1).data) }, t: labels }, {}],
    [
      "few different numbers",
      { x: matrix(integers(120, 4).map((a) => integers(INPUTS, 3).map((b) => a * b))), t: labels },
      {},
    ],
    ["soft targets", { x: images.x, t: softTargets }, {}],
    ["large steps h", images, { h: 0.01 }],
    ["h = 1 with large numbers", { x: numbers(3), t: softTargets }, { h: 1, steps: 5 }],
    ["shuffled epochs", images, { sampling: "shuffle" }],
    ["the loss after each update", images, { recordLoss: "after" }],
    ["no losses", images, { recordLoss: false }],
    ["batches in several parts", images, { batchSize: 120 }],
    ["one read of each image", images, { steps: 1, evaluateEvery: false }],
    ["a learning rate of 0", images, { optimizer: new SGD({ learningRate: 0 }) }],
    ["a bound of the parameters that is lost again and again", images, { optimizer: new SGD({ learningRate: 1e40 }) }],
    ["no bound of the parameters", images, { optimizer: new SGD({ learningRate: -1e120 }) }],
  ];
  test.each(cases)("with %s", async (_, data, options) => {
    for (const gradient of ["numerical", "backprop"] as const) {
      const { left } = await trainWith(1, data, { gradient, ...options });
      const team = await trainWith(3, data, { gradient, ...options });
      expect(team.most).toBe(3);
      expect(team.left).toEqual(left);
    }
  });

  test("with an optimizer of the user's own", async () => {
    const momentum = () => {
      const velocity: Record<string, Float64Array> = {};
      return {
        update(params: Record<string, Float64Array>, grads: Record<string, Float64Array>) {
          for (const name of Object.keys(params)) {
            velocity[name] ??= new Float64Array(params[name]!.length);
            const [v, w, g] = [velocity[name]!, params[name]!, grads[name]!];
            for (let i = 0; i < w.length; i++) w[i]! += v[i] = 0.9 * v[i]! - 0.1 * g[i]!;
          }
        },
      };
    };
    const { left } = await trainWith(1, images, { optimizer: momentum() as never });
    const team = await trainWith(3, images, { optimizer: momentum() as never });
    expect(team.left).toEqual(left);
  });

  // The samples of a batch are staged once, for its gradient and for the loss after the update.
  test.each([
    ["computes another loss", (net: TwoLayerNet) => net.loss(images.x, images.t)],
    ["predicts one sample", (net: TwoLayerNet) => net.predict(pixels([1, INPUTS], bytes.slice(0, INPUTS)))],
    ["computes another gradient", (net: TwoLayerNet) => net.gradient(images.x, images.t)],
    ["fails to stage", (net: TwoLayerNet) => expect(() => net.loss(matrix([[1]]), [0])).toThrow()],
    ["fails in the middle of staging", (net: TwoLayerNet) => expect(() => net.loss(withNaN, labels)).toThrow()],
    ["disposes of another network", () => newNet().dispose()],
  ])("whose optimizer %s before the loss after the update", async (_, meddle) => {
    const sgd = new SGD({ learningRate: 0.5 });
    const optimizer = (meddles: boolean) => (net: TwoLayerNet) => ({
      update(params: TwoLayerNet["params"], grads: TwoLayerNet["grads"]) {
        sgd.update(params, grads);
        if (meddles) meddle(net);
      },
    });
    const run = async (threads: number, meddles: boolean, data: Samples) => {
      const net = newNet();
      const options = { ...DEFAULTS, random: 2, threads, optimizer: optimizer(meddles)(net), gradient: "backprop" };
      const { losses } = await train(net, { train: data }, options as TrainOptions).finish();
      return { losses, params: net.params.toArrays() };
    };
    for (const data of [images, { x: matrix(rows), t: softTargets }]) {
      const expected = await run(1, false, data);
      for (const threads of [1, 3]) expect(await run(threads, true, data)).toEqual(expected);
    }
  });
});

describe("between two steps", () => {
  /** Trains, and calls `visit` after each step. */
  async function visiting<T>(threads: number, visit: (net: TwoLayerNet, step: number) => T) {
    const net = newNet();
    const seen: T[] = [];
    const run = train(net, { train: images }, { ...DEFAULTS, random: 2, threads });
    for await (const { step } of run) seen.push(visit(net, step));
    return { seen, params: net.params.toArrays() };
  }
  const same = async (visit: (net: TwoLayerNet, step: number) => unknown) =>
    expect(await visiting(3, visit)).toEqual(await visiting(1, visit));

  test("parameters and gradients can be read", () =>
    same((net, step) => (step % 3 === 0 ? [net.params.w1.slice(), net.grads.w1[7], net.params.b2[1]] : undefined)));

  test("parameters can be written", () =>
    same((net, step) => {
      if (step === 4) net.params.w1[33] = 0.25;
      if (step === 9) net.params.b2.fill(0.5);
      if (step === 11) net.params.w2[40]! *= 2;
    }));

  test("a view that was taken earlier shows every step, and writes", async () => {
    const view = new WeakMap<TwoLayerNet, Float64Array>();
    await same((net, step) => {
      if (step === 2) view.set(net, net.params.w1);
      const w1 = view.get(net);
      if (w1 && step === 6) w1[12] = -0.5;
      return w1 && [w1[12], w1[13]];
    });
  });

  test("the network can be used", () =>
    same((net, step) => [
      net.predict(images.x).data,
      net.loss(images.x, labels),
      net.accuracy(images.x, softTargets),
      step === 3 && net.numericalGradient(images.x, labels, { evaluation: "full" }).w1,
      step === 5 && net.gradient(images.x, softTargets),
      step === 8 && net.numericalGradient(images.x, labels, { h: 0.1 }),
    ]));

  test("the user can make updates", () =>
    same((net, step) => {
      const sgd = new SGD({ learningRate: 0.3 });
      if (step === 3) {
        net.gradient(images.x, labels);
        sgd.update(net.params, net.grads);
      }
      if (step === 5) {
        net.numericalGradient(images.x, labels, { evaluation: "full" });
        sgd.update(net.params, net.grads);
      }
      if (step === 7) {
        net.gradient(images.x, labels);
        net.grads.w1.fill(0.125);
        sgd.update(net.params, net.grads);
      }
      if (step === 9) sgd.update(net.params, net.grads);
    }));

  test("the user can change the gradient after an update that the threads have not made yet", () =>
    same((net, step) => {
      if (step !== 4) return;
      net.grads.toArrays();
      new SGD({ learningRate: 0.3 }).update(net.params, net.grads);
      for (const values of Object.values(net.grads) as Float64Array[]) values.fill(0);
    }));
});

test("a checkpoint continues with any number of threads", async () => {
  const ends = [];
  for (const [before, after] of [
    [1, 3],
    [3, 1],
    [2, 3],
    [1, 1],
  ] as const) {
    const net = newNet();
    const run = train(net, { train: images, test: images }, { ...DEFAULTS, random: 2, threads: before });
    let checkpoint: Checkpoint | undefined;
    for await (const { step } of run) {
      if (step !== 8) continue;
      checkpoint = run.checkpoint();
      break;
    }
    const other = newNet(20);
    const resumed = train(other, { train: images, test: images }, { resume: checkpoint, threads: after });
    // Nobody has looked at the parameters, so they are not transferred after each step.
    const collect = vi.spyOn(Team.prototype, "collect");
    const { times: _, ...history } = await resumed.finish();
    expect(collect.mock.calls.filter(([kind]) => kind === "params").length).toBeLessThan(5);
    collect.mockRestore();
    ends.push({ history, params: other.params.toArrays() });
  }
  for (const end of ends) expect(end).toEqual(ends[0]);
});

test.each([
  [
    "numbers",
    matrix(Array.from({ length: 120 }, () => random.randn(INPUTS).map((value) => value * 1e4))),
    { learningRate: 1e307 },
  ],
  // The loss is the same wherever its logarithm is cut off, so central differences would become 0.
  ["images", images.x, { learningRate: -1e307, gradient: "backprop" }],
] as [string, Matrix | typeof images.x, { learningRate: number } & TrainOptions][])(
  "a divergence leaves the last finite parameters, with %s",
  async (_, x, { learningRate, ...options }) => {
    const ends = [];
    for (const threads of [1, 3]) {
      const net = newNet();
      const optimizer = new SGD({ learningRate });
      const run = train(
        net,
        { train: { x, t: labels } },
        { ...DEFAULTS, ...options, steps: 100, optimizer, random: 2, threads },
      );
      await expect(run.finish()).rejects.toThrow(DivergenceError);
      expect(run.threads).toBe(1);
      const { times: _, ...history } = run.history;
      ends.push({ history, params: net.params.toArrays() });
    }
    expect(ends[1]).toEqual(ends[0]);
  },
);

test("an optimizer that empties the gradient after each update moves all parameters before that", async () => {
  const ends = [];
  for (const threads of [1, 3]) {
    const sgd = new SGD({ learningRate: 0.5 });
    const update: SGD["update"] = (params, grads) => {
      (grads as NetworkParams).toArrays();
      sgd.update(params, grads);
      (grads.w1 as Float64Array).fill(0);
    };
    const { left } = await trainWith(threads, images, { optimizer: { learningRate: 0.5, update } as SGD });
    ends.push(left);
  }
  expect(ends[1]).toEqual(ends[0]);
});

test("threads agree on an update only if it may give numbers that are not finite", async () => {
  const agree = vi.spyOn(Member.prototype, "tryDescend");
  onTestFinished(() => agree.mockRestore());
  await trainWith(3, images);
  expect(agree).not.toHaveBeenCalled();
  await trainWith(3, { x: images.x, t: softTargets });
  expect(agree).toHaveBeenCalledTimes(DEFAULTS.steps);
});

test("a run that is left has all its updates", async () => {
  const ends = [];
  for (const threads of [1, 3]) {
    const net = newNet();
    const run = train(net, { train: images }, { ...DEFAULTS, evaluateEvery: false, random: 2, threads });
    for await (const { step } of run) if (step === 4) break;
    ends.push(net.params.toArrays());
  }
  expect(ends[1]).toEqual(ends[0]);
});

test("large parameters that are loaded in mid-run are not taken for the small ones before", async () => {
  const ends = [];
  for (const threads of [1, 3]) {
    const net = newNet();
    const large = newNet();
    large.params.w2.forEach((_, i, w2) => {
      w2[i] = Number.MAX_VALUE * (i % 2 === 0 ? 1 : -1);
    });
    const file = encodeParams(large);
    // A learning rate with which the bound of small parameters stays known.
    const options = { ...DEFAULTS, optimizer: new SGD({ learningRate: 1000 }), evaluateEvery: false } as const;
    const run = train(net, { train: images }, { ...options, gradient: "backprop", steps: 50, random: 2, threads });
    let steps = 0;
    await expect(
      (async () => {
        for await (const { step } of run) {
          steps = step;
          if (step === 0) applyParams(file, net);
        }
      })(),
    ).rejects.toThrow(DivergenceError);
    const params = net.params.toArrays();
    expect(Object.values(params).every((values) => values.every(Number.isFinite))).toBe(true);
    ends.push({ steps, params });
  }
  expect(ends[1]).toEqual(ends[0]);
});

test("parameters are saved and loaded in mid-run, and are not transferred in each step afterwards", async () => {
  const ends = [];
  for (const threads of [1, 3]) {
    const net = newNet();
    const collect = vi.spyOn(Team.prototype, "collect");
    const run = train(net, { train: images }, { ...DEFAULTS, steps: 30, evaluateEvery: false, random: 2, threads });
    let file: Uint8Array | undefined;
    for await (const { step } of run) {
      if (step === 5) file = encodeParams(net);
      if (step === 10) applyParams(file!, net);
    }
    expect(collect.mock.calls.filter(([kind]) => kind === "params").length).toBeLessThan(6);
    collect.mockRestore();
    ends.push({ losses: run.history.losses, params: net.params.toArrays() });
  }
  expect(ends[1]).toEqual(ends[0]);
});

test("inputs that change to NaN in mid-run are an error, and the network lives on", async () => {
  const x = matrix(Array.from({ length: 120 }, () => random.randn(INPUTS)));
  const net = newNet();
  const run = train(net, { train: { x, t: labels } }, { ...DEFAULTS, random: 2, threads: 2, evaluateEvery: false });
  await expect(
    (async () => {
      for await (const { step } of run) if (step === 4) x.data.fill(Number.NaN);
    })(),
  ).rejects.toThrow("NaN");
  expect(Number.isFinite(net.loss(images.x, labels))).toBe(true);
  expect(run.threads).toBe(1);
});

test("a network that is disposed of in mid-run ends the run and the threads", async () => {
  const net = newNet();
  const run = train(net, { train: images }, { ...DEFAULTS, random: 2, threads: 3 });
  await expect(
    (async () => {
      for await (const { step } of run) if (step === 4) net.dispose();
    })(),
  ).rejects.toThrow(DisposedError);
  expect(run.threads).toBe(1);
});

test("memory is given back, whether a run ends or is broken off", async () => {
  await trainWith(2, images);
  const before = memoryUsage().liveBytes;
  await trainWith(3, images);
  const net = newNet();
  for await (const { step } of train(net, { train: images }, { ...DEFAULTS, random: 2, threads: 3 }))
    if (step === 4) break;
  net.dispose();
  expect(memoryUsage().liveBytes).toBe(before);
});

describe("the lists of images", () => {
  const thirds = Array.from({ length: 120 }, (_, i) => Array.from({ length: INPUTS }, (_, j) => ((i * i + j) % 5) / 3));

  /** Calls by which the samples of a batch are staged in the members: by their numbers, or row by row. */
  function watchStaging() {
    onTestFinished(() => void vi.restoreAllMocks());
    return (["stageImages", "stageRows"] as const).map((name) => vi.spyOn(Team.prototype, name));
  }

  test.each([
    ["pixels", images],
    ["few different numbers", { x: matrix(thirds), t: labels }],
  ])("of %s are copied to all members, which read them", async (_, data) => {
    const { left } = await trainWith(1, data);
    const [byNumber, byRow] = watchStaging();
    expect((await trainWith(3, data)).left).toEqual(left);
    expect([byNumber!.mock.calls.length, byRow!.mock.calls.length]).toEqual([20, 0]);
  });

  test("of many images come in several parts", async () => {
    const count = 1500;
    const many = new RandomState(9);
    const lit = many.randint(0, 500, count * INPUTS);
    const data = { x: pixels([count, INPUTS], Uint8Array.from(lit)), t: many.randint(0, CLASSES, count) };
    const { left } = await trainWith(1, data);
    const [byNumber] = watchStaging();
    const calls = vi.spyOn(Member.prototype, "agree");
    expect((await trainWith(2, data)).left).toEqual(left);
    expect(byNumber!.mock.calls.length).toBe(20);
    // The parts of the lists of both sets, and two for each step.
    expect(calls.mock.calls.length).toBeGreaterThan(2 * 4 + 2 * 20);
  });

  test("are given up if a member has too little memory for them, and rows are read", async () => {
    const { left } = await trainWith(1, images);
    const before = memoryUsage().liveBytes;
    const [byNumber, byRow] = watchStaging();
    const { shareLists } = Team.prototype;
    const share = vi.spyOn(Team.prototype, "shareLists").mockImplementation(function (
      this: Team,
      _memory,
      _raw,
      ...rest
    ) {
      // Lists that say that they take 2 GiB.
      const memory = { buffer: Int32Array.of(0, 0, 0, 0, 0, 2 ** 31 - 1, 0, 0).buffer } as WebAssembly.Memory;
      return shareLists.call(this, memory, { layout: 0 } as never, ...rest);
    });
    const team = await trainWith(3, images);
    expect([team.left, team.most]).toEqual([left, 3]);
    expect(await Promise.all(share.mock.results.map((result) => result.value))).toEqual([undefined, undefined]);
    expect(byNumber!.mock.calls.length).toBe(0);
    expect(byRow!.mock.calls.length).toBeGreaterThan(20);
    expect(memoryUsage().liveBytes).toBe(before);
  });

  test("are not copied on if the signal aborts the run meanwhile", async () => {
    await trainWith(2, images);
    const before = memoryUsage().liveBytes;
    onTestFinished(() => void vi.restoreAllMocks());
    const controller = new AbortController();
    const share = vi.spyOn(Team.prototype, "shareLists").mockImplementation(async (_memory, _raw, _images, pause) => {
      controller.abort();
      return (await pause()) ? { number: 1 } : undefined;
    });
    const net = newNet();
    const { signal } = controller;
    const run = train(net, { train: images, test: images }, { ...DEFAULTS, random: 2, threads: 2, signal });
    expect(await run.finish()).toMatchObject({ status: "aborted", stoppedAt: 0 });
    expect([share.mock.calls.length, run.threads]).toEqual([2, 1]);
    expect(await Promise.all(share.mock.results.map((result) => result.value))).toEqual([undefined, undefined]);
    net.dispose();
    expect(memoryUsage().liveBytes).toBe(before);
  });
});

test("several runs at once have threads of their own; a second run of one network takes part in those of the first", async () => {
  const { left } = await trainWith(1, images);
  const runs = await Promise.all([trainWith(2, images), trainWith(3, images), trainWith(1, images)]);
  for (const run of runs) expect(run.left).toEqual(left);
  const net = newNet();
  const [first, second] = [0, 1].map((seed) =>
    train(net, { train: images }, { ...DEFAULTS, random: seed, threads: 2 }),
  );
  await first![Symbol.asyncIterator]().next();
  await second![Symbol.asyncIterator]().next();
  expect([first!.threads, second!.threads]).toEqual([2, 2]);
  expect(second!.threadsMissing).toBe("another run trains this network already");
  await first!.finish();
  expect(second!.threads).toBe(1);
  await second!.finish();
  net.dispose();
});

test("a second run of one network leaves the threads of the first", async () => {
  const ends = [];
  for (const threads of [1, 2]) {
    const net = newNet();
    const [first, second] = [0, 1].map((seed) => train(net, { train: images }, { ...DEFAULTS, random: seed, threads }));
    await first![Symbol.asyncIterator]().next();
    await second!.finish();
    expect(first!.threads).toBe(threads);
    await first!.finish();
    expect(first!.threads).toBe(1);
    ends.push(net.params.toArrays());
    net.dispose();
  }
  expect(ends[1]).toEqual(ends[0]);
});

test("a run says why not all threads have work", async () => {
  expect((await trainWith(4, images)).missing).toBe(
    "a team has at most 64 threads, each with 8 hidden units or more: here 3",
  );
});

test.each([0, -1, 1.5, "all", null])("threads: %s is refused", (threads) => {
  expect(() => train(newNet(), { train: images }, { threads: threads as number })).toThrow("options.threads");
});
