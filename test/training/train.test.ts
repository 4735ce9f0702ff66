import {
  ArgumentError,
  Dataset,
  DisposedError,
  DivergenceError,
  type Matrix,
  matrix,
  NonFiniteError,
  pixels,
  RandomState,
  SGD,
  ShapeError,
  type StepReport,
  type TrainOptions,
  TwoLayerNet,
  train,
} from "numgrad";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { core } from "../../packages/numgrad/src/wasm/runtime.js";
import { rejectionOf, thrownBy } from "../support/thrown.js";

const SIZE = 40;

/** Two clusters of points, which the sign of the first number tells apart. */
function samples() {
  const random = new RandomState(4);
  const t = Array.from({ length: SIZE }, (_, i) => i % 2);
  const rows = t.map((label) => [random.randn() + (label === 0 ? -2 : 2), random.randn(), random.randn()]);
  return { x: matrix(rows), t };
}

const net = () => new TwoLayerNet({ inputSize: 3, hiddenSize: 6, outputSize: 2, weightInitStd: 0.1, random: 0 });

const options = (more: TrainOptions = {}): TrainOptions => ({
  optimizer: new SGD({ learningRate: 0.5 }),
  steps: 20,
  batchSize: 10,
  random: 1,
  ...more,
});

async function reports(run: AsyncIterable<StepReport>): Promise<StepReport[]> {
  const all: StepReport[] = [];
  for await (const report of run) all.push(report);
  return all;
}

describe("a run", () => {
  test("is the book's loop: choice, gradient, update, loss of the same batch", async () => {
    const [a, b] = [net(), net()];
    const data = samples();
    const history = await train(a, { train: data, test: data }, options()).finish();
    const random = new RandomState(1);
    const losses: number[] = [];
    const accuracies: number[] = [];
    for (let step = 0; step < 20; step++) {
      const indices = [...(random.choice(SIZE, 10) as Int32Array)];
      const x = matrix(indices.map((i) => [...data.x.data.subarray(3 * i, 3 * i + 3)]));
      const t = indices.map((i) => data.t[i]!);
      b.numericalGradient(x, t);
      new SGD({ learningRate: 0.5 }).update(b.params, b.grads);
      losses.push(b.loss(x, t));
      if (step % 4 === 0) accuracies.push(b.accuracy(data.x, data.t));
    }
    expect(a.params.toArrays()).toEqual(b.params.toArrays());
    expect(history.losses).toEqual(losses);
    expect(history.status).toBe("finished");
    expect(history.stoppedAt).toBeUndefined();
    const steps = [0, 4, 8, 12, 16];
    // After step s, 10 (s + 1) samples have been seen.
    expect(history.evaluations).toEqual(
      steps.map((step, i) => ({
        step,
        epoch: Math.floor((10 * (step + 1)) / SIZE),
        trainAccuracy: accuracies[i],
        testAccuracy: accuracies[i],
      })),
    );
  });

  test("reports each step", async () => {
    const all = await reports(train(net(), { train: samples() }, options({ steps: 9, evaluateEvery: 5 })));
    expect(all.map((report) => report.step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(all.map((report) => report.epoch)).toEqual([0, 0, 0, 1, 1, 1, 1, 2, 2]);
    expect(all.filter((report) => report.evaluation).map((report) => report.step)).toEqual([0, 5]);
    expect(all[0]!.evaluation).toEqual({ trainAccuracy: expect.any(Number) });
    expect(all.every((report) => Number.isFinite(report.loss))).toBe(true);
  });

  test("records the loss before the update, after it, or not at all", async () => {
    const data = samples();
    const losses = async (recordLoss: "before" | "after" | false) =>
      (
        await train(
          net(),
          { train: data },
          options({ steps: 3, sampling: "shuffle", batchSize: SIZE, recordLoss }),
        ).finish()
      ).losses;
    const [before, after] = [await losses("before"), await losses("after")];
    // If a batch is the whole data, the loss after a step is the loss before the next one, except for the order of
    // summation.
    for (const [i, loss] of before.slice(1).entries()) expect(Math.abs(loss - after[i]!)).toBeLessThan(1e-15);
    expect(await losses(false)).toEqual([]);
  });

  test("draws from the generator that it is given", async () => {
    const random = new RandomState(8);
    const seeded = await train(net(), { train: samples() }, options({ random: 8 })).finish();
    const drawn = await train(net(), { train: samples() }, options({ random })).finish();
    expect(drawn.losses).toEqual(seeded.losses);
    expect(random.random()).not.toBe(new RandomState(8).random());
  });

  test("shuffles: each epoch has every sample once, in a permuted order, and its last batch has the rest", async () => {
    const [a, b] = [net(), net()];
    const data = samples();
    const { steps: _, ...epochs } = options({ gradient: "backprop", sampling: "shuffle", epochs: 2, batchSize: 15 });
    const history = await train(a, { train: data }, epochs).finish();
    const random = new RandomState(1);
    const losses: number[] = [];
    for (let epoch = 0; epoch < 2; epoch++) {
      const order = [...random.permutation(SIZE)];
      for (const indices of [order.slice(0, 15), order.slice(15, 30), order.slice(30)]) {
        const x = matrix(indices.map((i) => [...data.x.data.subarray(3 * i, 3 * i + 3)]));
        const t = indices.map((i) => data.t[i]!);
        b.gradient(x, t);
        new SGD({ learningRate: 0.5 }).update(b.params, b.grads);
        losses.push(b.loss(x, t));
      }
    }
    expect(history.losses).toEqual(losses);
    expect(a.params.toArrays()).toEqual(b.params.toArrays());
  });

  test("counts an epoch as as many steps as there are whole batches", async () => {
    const run = train(net(), { train: samples() }, { epochs: 3, batchSize: 15, random: 0 });
    expect(run.steps).toBe(6);
    expect((await run.finish()).losses).toHaveLength(6);
  });

  test("gives the same history for pixels, float32 matrices with rows of targets, and datasets", async () => {
    const bytes = new RandomState(2).randint(0, 256, SIZE * 3) as Int32Array;
    const data = Uint8Array.from(bytes);
    const labels = Uint8Array.from({ length: SIZE }, (_, i) => i % 2);
    const float32: Matrix<Float32Array> = {
      shape: [SIZE, 3],
      data: Float32Array.from(data, (v) => Math.fround(v) / 255),
    };
    const oneHot: Matrix = {
      shape: [SIZE, 2],
      data: Float64Array.from({ length: 2 * SIZE }, (_, i) => Number(i % 2 === labels[i >> 1])),
    };
    const dataset = new Dataset({ images: data, labels, rows: 1, cols: 3, classes: 2 });
    const forms = [{ x: pixels([SIZE, 3], data), t: labels }, { x: float32, t: oneHot }, dataset];
    const histories = await Promise.all(forms.map((form) => train(net(), { train: form }, options()).finish()));
    expect(histories[1]).toEqual(histories[0]);
    expect(histories[2]).toEqual(histories[0]);
  });

  test.each([
    ["v / 255", (v: number) => v / 255],
    ["(v − 33) / 78, of which none is 0", (v: number) => (v - 33.31) / 78.57],
    ["−v", (v: number) => -v],
  ])("gives the bits of single batches for images that come as numbers, %s", async (_, toNumber) => {
    const bytes = [...(new RandomState(2).randint(0, 256, SIZE * 3) as Int32Array)];
    const x: Matrix = { shape: [SIZE, 3], data: Float64Array.from(bytes, toNumber) };
    const t = Array.from({ length: SIZE }, (_, i) => i % 2);
    const [a, b] = [net(), net()];
    const history = await train(a, { train: { x, t } }, options({ evaluateEvery: 10 })).finish();
    const random = new RandomState(1);
    for (let step = 0; step < 20; step++) {
      const indices = [...(random.choice(SIZE, 10) as Int32Array)];
      const rows = matrix(indices.map((i) => [...x.data.subarray(3 * i, 3 * i + 3)]));
      const labels = indices.map((i) => t[i]!);
      b.numericalGradient(rows, labels);
      new SGD({ learningRate: 0.5 }).update(b.params, b.grads);
      expect(b.loss(rows, labels)).toBe(history.losses[step]);
      const evaluation = history.evaluations.find((entry) => entry.step === step);
      if (evaluation) expect(b.accuracy(x, t)).toBe(evaluation.trainAccuracy);
    }
    expect(a.params.toArrays()).toEqual(b.params.toArrays());
  });

  test("with zero steps finishes at once, and finish() may be called again", async () => {
    const run = train(net(), { train: samples() }, options({ steps: 0 }));
    expect(run.history.status).toBe("running");
    expect((await run.finish()).status).toBe("finished");
    expect(await run.finish()).toBe(run.history);
  });

  test("takes any optimizer", async () => {
    const seen: unknown[] = [];
    const optimizer = { update: (params: unknown, grads: unknown) => seen.push(params, grads) };
    const network = net();
    const before = network.params.toArrays();
    await train(network, { train: samples() }, options({ optimizer, steps: 2 })).finish();
    expect(seen).toHaveLength(4);
    for (const [i, array] of seen.entries()) expect(array).toBe(i % 2 === 0 ? network.params : network.grads);
    expect(network.params.toArrays()).toEqual(before);
  });
});

describe("a run can be stopped", () => {
  test("by its signal, within a step and without an error", async () => {
    const controller = new AbortController();
    const run = train(net(), { train: samples() }, options({ steps: 1000, signal: controller.signal }));
    let steps = 0;
    for await (const report of run) {
      steps++;
      if (report.step === 4) controller.abort();
    }
    expect(steps).toBe(5);
    expect(run.history).toMatchObject({ status: "aborted", stoppedAt: 5 });
    expect(run.history.losses).toHaveLength(5);
  });

  test("by a signal from a timer, because the run yields to the event loop", async () => {
    const signal = AbortSignal.timeout(60);
    const history = await train(net(), { train: samples() }, options({ steps: 10_000_000, signal })).finish();
    expect(history.status).toBe("aborted");
    expect(history.stoppedAt).toBe(history.losses.length);
  });

  test("before its first step", async () => {
    const run = train(net(), { train: samples() }, options({ signal: AbortSignal.abort() }));
    expect(await run.finish()).toMatchObject({ status: "aborted", stoppedAt: 0, losses: [] });
  });

  test("by its signal while its images are listed", async () => {
    const controller = new AbortController();
    onTestFinished(() => void vi.restoreAllMocks());
    const { prototype } = core().glue.RawImages;
    const count = vi.spyOn(prototype, "count").mockImplementation(() => controller.abort());
    const push = vi.spyOn(prototype, "push");
    const images = new Dataset({
      images: new Uint8Array(3000),
      labels: new Uint8Array(1000),
      rows: 1,
      cols: 3,
      classes: 2,
    });
    const run = train(net(), { train: images, test: images }, { steps: 1000, signal: controller.signal });
    expect(await run.finish()).toMatchObject({ status: "aborted", stoppedAt: 0, losses: [], evaluations: [] });
    expect([count.mock.calls.length, push.mock.calls.length]).toEqual([1, 0]);
  });

  test("by leaving the loop", async () => {
    const run = train(net(), { train: samples() }, options());
    for await (const report of run) if (report.step === 2) break;
    expect(run.history).toMatchObject({ status: "aborted", stoppedAt: 3 });
    expect((await run.finish()).losses).toHaveLength(3);
  });

  test("by closing its iterator before the first step", async () => {
    const run = train(net(), { train: samples() }, options());
    await run[Symbol.asyncIterator]().return?.();
    expect(await run.finish()).toMatchObject({ status: "aborted", stoppedAt: 0 });
  });

  test("by disposing of the network, with an error", async () => {
    const network = net();
    const run = train(network, { train: samples() }, options());
    const error = await rejectionOf(
      DisposedError,
      (async () => {
        for await (const report of run) if (report.step === 1) network.dispose();
      })(),
    );
    expect(error.message).toMatch(/disposed/);
    expect(run.history).toMatchObject({ status: "aborted", stoppedAt: 2 });
  });

  test("by an optimizer whose update returns a Promise, with an error", async () => {
    const optimizer = { update: async () => {} };
    const run = train(net(), { train: samples() }, options({ optimizer }));
    expect((await rejectionOf(ArgumentError, run.finish())).argument).toBe("options.optimizer");
  });

  test("but using the network between steps does not change it", async () => {
    const [a, b] = [net(), net()];
    const data = samples();
    const run = train(a, { train: data }, options());
    for await (const _ of run) {
      a.loss(data.x, data.t);
      a.numericalGradient(data.x, data.t);
    }
    const undisturbed = await train(b, { train: data }, options()).finish();
    expect(run.history.losses).toEqual(undisturbed.losses);
  });
});

describe("a run that diverges throws an error with step and history, and keeps the last finite parameters:", () => {
  test("when an update would overflow", async () => {
    const network = net();
    const { x } = samples();
    // With soft targets of 100, the gradient of b2 is about 50.
    const t: Matrix = {
      shape: [SIZE, 2],
      data: Float64Array.from({ length: 2 * SIZE }, (_, i) => (i % 2 === 0 ? 100 : 0)),
    };
    const settings = options({ optimizer: new SGD({ learningRate: 1e308 }), steps: 50 });
    const run = train(network, { train: { x, t } }, settings);
    const error = await rejectionOf(DivergenceError, run.finish());
    expect(error.step).toBe(run.history.stoppedAt);
    expect(error.history).toBe(run.history);
    expect(error.cause).toBeInstanceOf(NonFiniteError);
    expect(error.message).toMatch(/diverged at step \d+ .* smaller learning rate/);
    expect(run.history.status).toBe("diverged");
    expect(network.params.w1.every(Number.isFinite)).toBe(true);
  });

  test("when a class that extends SGD writes NaN", async () => {
    class Careless extends SGD {
      override update(params: { w1: Float64Array }): void {
        params.w1[0] = Number.NaN;
      }
    }
    const network = net();
    const before = network.params.toArrays();
    const run = train(network, { train: samples() }, options({ optimizer: new Careless(), recordLoss: false }));
    await rejectionOf(DivergenceError, run.finish());
    expect(network.params.toArrays()).toEqual(before);
  });

  test("when another optimizer writes NaN", async () => {
    const network = net();
    const before = network.params.toArrays();
    const optimizer = {
      update(params: { b1: Float64Array; w1: Float64Array }) {
        params.w1[1] = 5;
        params.b1[0] = Number.NaN;
      },
    };
    const run = train(network, { train: samples() }, options({ optimizer }));
    expect((await rejectionOf(DivergenceError, run.finish())).step).toBe(0);
    expect(network.params.toArrays()).toEqual(before);
  });

  test.each(["after", "before"] as const)(
    "when the loss %s an update overflows, although the update is finite and was made",
    async (recordLoss) => {
      const network = net();
      const optimizer = { update: ({ w2 }: { w2: Float64Array }) => void w2.fill(1.7e308) };
      const run = train(network, { train: samples() }, options({ optimizer, recordLoss }));
      const error = await rejectionOf(DivergenceError, run.finish());
      expect(error.message).toMatch(new RegExp(`\\(the loss ${recordLoss} the update is (NaN|Infinity)\\)`));
      // The loss before the first update does not overflow yet.
      const step = recordLoss === "after" ? 0 : 1;
      expect([error.step, run.history.stoppedAt, run.history.losses.length]).toEqual([step, step, step]);
      expect(network.params.w2).toEqual(new Float64Array(12).fill(1.7e308));
    },
  );
});

describe("arguments are checked at once", () => {
  const bad: [string, unknown][] = [
    ["options.steps", { steps: -1 }],
    ["options.steps", { steps: 1.5 }],
    ["options.epochs", { steps: 5, epochs: 1 }],
    ["options.epochs", { steps: undefined, epochs: -1 }],
    ["options.batchSize", { batchSize: 0 }],
    ["options.gradient", { gradient: "analytic" }],
    ["options.sampling", { sampling: "random" }],
    ["options.recordLoss", { recordLoss: true }],
    ["options.evaluateEvery", { evaluateEvery: 0 }],
    ["options.h", { h: 0 }],
    ["options.signal", { signal: {} }],
    ["options.optimizer", { optimizer: {} }],
    ["options.learningRate", { learningRate: 0.1 }],
    ["options.batchSize", { batchSize: 2 ** 32 }],
    ["options.h", { h: 1e308 }],
    ["options.random", { random: "1" }],
    ["options.random", { random: null }],
  ];

  test.each(bad)("%s from %s", (argument, wrong) => {
    const error = thrownBy(ArgumentError, () =>
      train(net(), { train: samples() }, { ...options(), ...(wrong as TrainOptions) }),
    );
    expect(error.argument).toBe(argument);
  });

  test.each<[unknown, string]>([
    [{ recordLoss: true }, 'options.recordLoss: expected "after" or "before" or false, got true'],
    [{ evaluateEvery: 0 }, "options.evaluateEvery: expected an integer of at least 1 or false, got 0"],
    [{ threads: "2" }, 'options.threads: expected an integer from 1 to 1024 or "auto", got "2"'],
    [new Map([["steps", 3]]), "options: expected an object { "],
  ])("the message names all that is right: %o", (wrong, message) => {
    const start = () => train(net(), { train: samples() }, wrong as TrainOptions);
    expect(thrownBy(ArgumentError, start).message).toContain(message);
  });

  test("data that do not fit each other or the network", () => {
    const { x, t } = samples();
    thrownBy(ArgumentError, () => train({} as TwoLayerNet, { train: { x, t } }));
    thrownBy(ArgumentError, () => train(net(), { train: undefined } as never));
    expect(thrownBy(ArgumentError, () => train(net(), { train: { x, t }, test: null } as never)).argument).toBe(
      "data.test",
    );
    thrownBy(ArgumentError, () => train(net(), { train: { x, t }, validation: { x, t } } as never));
    expect(thrownBy(ShapeError, () => train(net(), { train: { x, t: [0] } })).argument).toBe("data.train.t");
    expect(
      thrownBy(ShapeError, () => train(net(), { train: { x, t }, test: { x: matrix([[1]]), t: [0] } })).argument,
    ).toBe("data.test.x");
    const broken: Matrix = { shape: x.shape, data: x.data.map((value, i) => (i === 5 ? Number.NaN : value)) };
    expect(thrownBy(NonFiniteError, () => train(net(), { train: { x: broken, t } })).index).toBe(5);
  });
});

describe("images that are listed in the core", () => {
  const images = Uint8Array.from(new RandomState(3).randint(0, 256, 60 * 12).map((v) => (v < 150 ? 0 : v)));
  const labels = Uint8Array.from({ length: 60 }, (_, i) => i % 3);
  const dataset = new Dataset({ images, labels, rows: 3, cols: 4, classes: 3 });
  const make = () => new TwoLayerNet({ inputSize: 12, hiddenSize: 5, outputSize: 3, weightInitStd: 0.5, random: 0 });

  test("give the same bits as the public calls one by one, in losses and accuracies too", async () => {
    const [a, b] = [make(), make()];
    const settings = { steps: 40, batchSize: 25, random: 7, optimizer: new SGD({ learningRate: 0.5 }) };
    const history = await train(a, { train: dataset, test: dataset.subset(0, 20) }, settings).finish();
    const random = new RandomState(7);
    for (let step = 0; step < 40; step++) {
      const { x, t } = dataset.batch(random.choice(60, 25));
      b.numericalGradient(x, t);
      new SGD({ learningRate: 0.5 }).update(b.params, b.grads);
      expect(b.loss(x, t)).toBe(history.losses[step]);
      const evaluation = history.evaluations.find((e) => e.step === step);
      if (!evaluation) continue;
      expect(evaluation.trainAccuracy).toBe(b.accuracy(dataset.x(), labels));
      const { x: firstTwenty, t: theirLabels } = dataset.batch(Array.from({ length: 20 }, (_, i) => i));
      expect(evaluation.testAccuracy).toBe(b.accuracy(firstTwenty, theirLabels));
    }
    expect(a.params.toArrays()).toEqual(b.params.toArrays());
    expect(a.grads.toArrays()).toEqual(b.grads.toArrays());
  });

  test.each(["listed", "too different to be listed"])(
    "give the same bits in batches larger than a part: %s",
    async (kind) => {
      // The core has 100 rows of a batch at a time, and an evaluation of this network 2,666 images.
      const [size, batchSize, steps] = [3100, 230, 30];
      const random = new RandomState(5);
      const data = random.random(size * 12).map((value) => (kind === "listed" ? Math.floor(4 * value) / 4 : value));
      const all = {
        x: { shape: [size, 12] as const, data },
        t: Uint8Array.from({ length: size }, (_, i) => (i * i) % 3),
      };
      const [a, b] = [1, 2].map(
        () => new TwoLayerNet({ inputSize: 12, hiddenSize: 2000, outputSize: 3, weightInitStd: 0.5, random: 0 }),
      ) as [TwoLayerNet, TwoLayerNet];
      const settings = { steps, batchSize, gradient: "backprop", random: 7, evaluateEvery: steps } as const;
      const history = await train(
        a,
        { train: all },
        { ...settings, optimizer: new SGD({ learningRate: 0.5 }) },
      ).finish();
      const draw = new RandomState(7);
      for (let step = 0; step < steps; step++) {
        const chosen = Array.from(draw.choice(size, batchSize));
        const rows = Float64Array.from(chosen.flatMap((i) => Array.from(data.subarray(12 * i, 12 * i + 12))));
        const batch = { shape: [batchSize, 12] as const, data: rows };
        const labels = chosen.map((i) => all.t[i]!);
        b.gradient(batch, labels);
        new SGD({ learningRate: 0.5 }).update(b.params, b.grads);
        expect(history.losses[step]).toBe(b.loss(batch, labels));
        if (step === 0) expect(history.evaluations[0]!.trainAccuracy).toBe(b.accuracy(all.x, all.t));
      }
      expect(a.params.toArrays()).toEqual(b.params.toArrays());
    },
  );

  test("take memory at the first step, and give it back however the run ends", async () => {
    const network = make();
    const settings = { steps: 2000, batchSize: 25, random: 7 };
    await train(network, { train: dataset }, settings).finish();
    const before = core().memory.buffer.byteLength;
    for (let run = 0; run < 30; run++) {
      for await (const report of train(network, { train: dataset }, settings)) if (report.step === 2) break;
    }
    expect(core().memory.buffer.byteLength).toBe(before);
  });
});

test("a run that is never iterated does nothing", () => {
  const network = net();
  const before = network.params.toArrays();
  train(network, { train: samples() }, options());
  expect(network.params.toArrays()).toEqual(before);
});
