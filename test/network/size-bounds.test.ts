// Bounds of a network's parameters and its gradient, by which an update needs no look at each result.
import { matrix, pixels, RandomState, SGD, TwoLayerNet, train } from "numgrad";
import { applyParams, encodeParams } from "numgrad/files";
import { afterEach, describe, expect, test, vi } from "vitest";
import { SizeBounds, UNKNOWN } from "../../packages/numgrad/src/network/size-bounds.js";
import { core } from "../../packages/numgrad/src/wasm/runtime.js";

const random = new RandomState(11);

/** The largest size of the numbers of some arrays. */
const largest = (arrays: object) =>
  Object.values(arrays as Record<string, Float64Array>).reduce(
    (most, array) => array.reduce((most, x) => Math.max(most, Math.abs(x)), most),
    0,
  );

describe("the gradient is within its bound", () => {
  const scales = [1e-3, 1, 30, 1e4, 1e20, 1e40, 1e90];
  test.each(scales)("of parameters up to %d", (scale) => {
    for (const inputScale of [1e-40, 1e-3, 1, 1e3, 1e9]) {
      const [inputSize, hiddenSize, outputSize] = [6, 5, 4];
      const net = new TwoLayerNet({ inputSize, hiddenSize, outputSize, random });
      for (const values of Object.values(net.params) as Float64Array[]) {
        // Some are 0, so that not all hidden units are saturated.
        for (let i = 0; i < values.length; i++) values[i] = random.random() < 0.4 ? 0 : scale * random.randn();
      }
      const x = matrix(Array.from({ length: 7 }, () => random.randn(inputSize).map((value) => inputScale * value)));
      const t = Array.from({ length: 7 }, () => random.randint(0, outputSize));
      const bounds = new SizeBounds();
      const bound = (h: number) => {
        bounds.params = largest(net.params.toArrays());
        bounds.noteGradient(Math.max(1, largest({ x: x.data })), h);
        return bounds.grads;
      };
      expect(largest(net.gradient(x, t))).toBeLessThanOrEqual(bound(0));
      for (const h of [1e-8, 1e-4, 0.1, 10]) {
        expect(largest(net.numericalGradient(x, t, { h }))).toBeLessThanOrEqual(bound(h));
      }
    }
  });
});

describe("an update is safe", () => {
  const updated = (params: number, grads: number, learningRate: number) => {
    const bounds = Object.assign(new SizeBounds(), { params, grads });
    return [bounds.noteUpdate(learningRate), bounds.params];
  };

  test("if the bounds are small, and then moves the bound of the parameters", () => {
    expect(updated(1, 2, 0.1)).toEqual([true, 1.2]);
    expect(updated(1, 2, -0.1)).toEqual([true, 1.2]);
    expect(updated(1, 2, 0)).toEqual([true, 1]);
    expect(updated(0, 1e100, 1e-3)).toEqual([true, 1e97]);
  });

  test.each([
    ["of a parameter is unknown", UNKNOWN, 1, 0.1],
    ["of the gradient is unknown", 1, UNKNOWN, 0.1],
    ["of the gradient is unknown, even if the learning rate is 0", 1, UNKNOWN, 0],
    ["of a parameter becomes too large", 9e99, 2e99, 1],
    ["of the gradient is too large, even if the learning rate is small", 1, 1e101, 1e-200],
    ["of a parameter is no number", Number.NaN, 1, 0.1],
  ])("not if the bound %s", (_, params, grads, learningRate) => {
    expect(updated(params, grads, learningRate)).toEqual([false, UNKNOWN]);
  });
});

describe("the results of an update are looked at", () => {
  afterEach(() => vi.restoreAllMocks());

  const STEPS = 40;
  const images = {
    x: pixels(
      [30, 4],
      new Uint8Array(120).map((_, i) => (i * 97) % 256),
    ),
    t: Array(30).fill(1),
  };
  const few = { x: matrix(Array.from({ length: 30 }, (_, i) => [i % 3, -9, 0.5, 1e8 * (i % 2)])), t: images.t };
  const soft = { x: images.x, t: matrix(Array.from({ length: 30 }, () => [0.5, 0.5])) };

  type Net = TwoLayerNet;
  const looks: [string, number, typeof images | typeof few | typeof soft, number, ((net: Net) => unknown)?][] = [
    ["never, with images", 0, images, 0.1],
    ["never, with few different numbers", 0, few, 1e-9],
    ["never, if somebody copies the parameters", 0, images, 0.1, (net) => net.params.toArrays()],
    ["in each step, if the user may have written parameters", STEPS, images, 0.1, (net) => net.params.w1],
    ["in each step, if the user may have written the gradient", STEPS, images, 0.1, (net) => net.grads.b2],
    ["in each step, with soft targets", STEPS, soft, 0.1],
    ["in each step, if the learning rate may lead anywhere", STEPS, images, 1e150],
  ];
  test.each(looks)("%s", async (_, expected, data, learningRate, use) => {
    for (const gradient of ["numerical", "backprop"] as const) {
      const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2, random: 0 });
      use?.(net);
      const look = vi.spyOn(core().glue.RawSession.prototype, "descends_to_finite");
      const optimizer = new SGD({ learningRate });
      const run = train(net, { train: data }, { optimizer, gradient, steps: STEPS, batchSize: 10, random: 1 });
      await run.finish().catch(() => {});
      expect(look).toHaveBeenCalledTimes(expected);
      look.mockRestore();
      net.dispose();
    }
  });

  test("again when the bound has grown too large, and then not until it has grown again", async () => {
    const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2, random: 0 });
    const look = vi.spyOn(core().glue.RawSession.prototype, "descends_to_finite");
    const measure = vi.spyOn(core().glue.RawSession.prototype, "parameter_norm");
    const optimizer = new SGD({ learningRate: 100 });
    await train(net, { train: images }, { optimizer, steps: 200, batchSize: 10, random: 1 }).finish();
    // 101 times as large in each step: 1e100 after some 50 steps.
    expect(look.mock.calls.length).toBeGreaterThanOrEqual(3);
    expect(look.mock.calls.length).toBeLessThanOrEqual(5);
    expect(measure.mock.calls.length).toBeLessThanOrEqual(1 + look.mock.calls.length);
  });

  const changes: [string, number, (net: Net) => unknown][] = [
    ["not if the gradient is that of the run", 0, () => {}],
    ["if it is of numbers", 1, (net) => net.gradient(few.x, few.t)],
    ["if it is by definition", 1, (net) => net.numericalGradient(images.x, images.t, { evaluation: "full" })],
    [
      "if its computation has failed",
      1,
      (net) => {
        const x = matrix([[1, 2, 3, Number.NaN]]);
        expect(() => net.gradient(x, [0])).toThrow("NaN");
      },
    ],
    ["if parameters were loaded", 1, (net) => applyParams(encodeParams(net), net)],
  ];
  test.each(changes)("after a run, %s", async (_, expected, change) => {
    const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2, random: 0 });
    await train(net, { train: images }, { steps: STEPS, batchSize: 10, random: 1 }).finish();
    change(net);
    const look = vi.spyOn(core().glue.RawSession.prototype, "descends_to_finite");
    new SGD().update(net.params, net.grads);
    expect(look).toHaveBeenCalledTimes(expected);
  });
});
