import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  CoreError,
  Dataset,
  DivergenceError,
  memoryUsage,
  pixels,
  RandomState,
  SGD,
  type TrainingRun,
  type TrainOptions,
  TwoLayerNet,
  train,
} from "numgrad";
import { describe, expect, test, vi } from "vitest";
import { core } from "../../packages/numgrad/src/wasm/runtime.js";
import { corePages } from "../support/core-bytes.js";
import { rejectionOf, thrownBy } from "../support/thrown.js";

const SIZE = 40;
const images = Uint8Array.from({ length: SIZE * 4 }, (_, i) => (i * 97) % 256);
const labels = Uint8Array.from({ length: SIZE }, (_, i) => i % 2);
const dataset = new Dataset({ images, labels, rows: 2, cols: 2, classes: 2 });

const make = (random: RandomState | number = 0) =>
  new TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2, random });
/** With so many steps the images are listed in the core. */
const OPTIONS = { steps: 50, batchSize: 10, random: 1 };
const begin = (net: TwoLayerNet, options: Partial<TrainOptions> = {}) =>
  train(net, { train: dataset }, { ...OPTIONS, ...options });

describe("memoryUsage", () => {
  test("is 0 before the core is used, and does not start it", async () => {
    vi.resetModules();
    const fresh = await import("../../packages/numgrad/src/wasm/runtime.js");
    const nothing = { liveBytes: 0, memoryBytes: 0, networks: 0 };
    expect(fresh.memoryUsage()).toEqual(nothing);
    expect(fresh.memoryUsage()).toEqual(nothing);
    const { memory } = fresh.core();
    const started = fresh.memoryUsage();
    expect(started).toEqual({ liveBytes: expect.any(Number), memoryBytes: memory.buffer.byteLength, networks: 0 });
    // The core has three buffers of 8,192 numbers, two of a generator's state, and 2,048 tries of four words and two
    // values.
    const buffers = 3 * 8192 * 8 + 2 * 624 * 4 + 2048 * (4 * 4 + 2 * 8);
    expect(started.liveBytes).toBeGreaterThan(buffers);
    expect(started.liveBytes).toBeLessThan(buffers + 1024);
  });

  test("counts a network for as long as it lives", () => {
    make().dispose(); // starts the core
    const before = memoryUsage();
    const [a, b] = [make(), make()];
    const both = memoryUsage();
    expect(both.networks).toBe(before.networks + 2);
    a.dispose();
    const one = memoryUsage();
    expect(one.networks).toBe(before.networks + 1);
    expect(both.liveBytes - one.liveBytes).toBe(one.liveBytes - before.liveBytes);
    b.dispose();
    expect(memoryUsage()).toEqual({ ...before, memoryBytes: one.memoryBytes });
  });

  test("counts at least the bytes of the parameters", () => {
    const before = memoryUsage().liveBytes;
    const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, random: 0 });
    // A network has 39,760 doubles for the parameters, as many for the gradient, and buffers for a part of a batch.
    expect(memoryUsage().liveBytes - before).toBeGreaterThan(2 * 8 * 39_760);
    expect(memoryUsage().liveBytes - before).toBeLessThan(2 ** 24);
    net.dispose();
  });
});

describe("live bytes are exactly the same as before", () => {
  test("after 100,000 networks were made, trained and disposed of, and memory grows only for the first", () => {
    const { x, t } = dataset.batch([0, 1, 2]);
    const optimizer = new SGD({ learningRate: 0.5 });
    const random = new RandomState(0);
    const before = memoryUsage();
    let first = before;
    for (let cycle = 0; cycle < 100_000; cycle++) {
      const net = make(random);
      net.gradient(x, t, { copy: false });
      optimizer.update(net.params, net.grads);
      net.dispose();
      if (cycle === 0) first = memoryUsage();
    }
    expect(memoryUsage()).toEqual(first);
    expect({ ...first, memoryBytes: before.memoryBytes }).toEqual(before);
  });

  const ways: [name: string, run: (net: TwoLayerNet) => Promise<unknown>][] = [
    ["finished", (net) => begin(net).finish()],
    ["were left by break", (net) => leaveAfter(3, begin(net))],
    ["were left before their first step", (net) => begin(net)[Symbol.asyncIterator]().return?.() ?? expect.fail()],
    ["were never iterated", async (net) => begin(net)],
    ["were aborted", (net) => begin(net, { signal: AbortSignal.abort() }).finish()],
    ["diverged", (net) => rejectionOf(DivergenceError, begin(net, { optimizer: new Diverging() }).finish())],
    [
      "ended with an error of the optimizer",
      (net) => rejectionOf(TypeError, begin(net, { optimizer: thrower }).finish()),
    ],
    ["lost their network", (net) => disposeWithin(net)],
  ];

  test.each(ways)("after training runs that %s", async (_, run) => {
    const cycle = async () => {
      const net = make();
      const alone = memoryUsage().liveBytes;
      await run(net);
      if (memoryUsage().networks > before.networks) expect(memoryUsage().liveBytes).toBe(alone);
      net.dispose();
    };
    const before = memoryUsage();
    await cycle();
    const first = memoryUsage();
    for (let i = 0; i < 200; i++) await cycle();
    expect(memoryUsage()).toEqual(first);
    expect({ ...first, memoryBytes: before.memoryBytes }).toEqual(before);
  });

  const wrong: [name: string, attempt: () => void][] = [
    ["has a wrong option", () => thrownBy(Error, () => make("0" as never))],
    ["no memory could hold", () => thrownBy(CoreError, () => new TwoLayerNet({ ...LARGE, hiddenSize: 2 ** 20 }))],
    ["gets no random numbers", () => thrownBy(TypeError, () => make(new Exhausted()))],
  ];

  test("after a network for which memory is short", () => {
    core().memory.grow(30_000); // 2 of 3.5 GiB; the network needs 2
    const before = memoryUsage();
    for (let i = 0; i < 5; i++) thrownBy(CoreError, () => new TwoLayerNet(LARGE));
    expect(memoryUsage()).toEqual(before);
  });

  test("after images for whose buffer memory is short: they are not listed, and the core goes on", async () => {
    vi.resetModules();
    const runtime = await import("../../packages/numgrad/src/wasm/runtime.js");
    const { ImageLists } = await import("../../packages/numgrad/src/network/image-lists.js");
    const { memory } = runtime.core();
    memory.grow(corePages().most - memory.buffer.byteLength / 65_536); // all that there can be
    const before = runtime.memoryUsage();
    const cols = 2 ** 16; // 64 of them are 4 MB, more than the core has kept back
    const build = () => ImageLists.build(pixels([1, cols], new Uint8Array(cols)), [0], async () => true);
    expect(await build()).toBeUndefined();
    expect(await build()).toBeUndefined();
    expect(runtime.memoryUsage()).toEqual(before);
  });

  test.each(wrong)("after a network that %s", (_, attempt) => {
    make().dispose();
    const before = memoryUsage();
    for (let i = 0; i < 200; i++) attempt();
    expect(memoryUsage()).toEqual(before);
    make().dispose();
    expect(memoryUsage()).toEqual(before);
  });
});

describe("the garbage collector", () => {
  test("frees forgotten networks and runs, but no network with a view that is in use", () => {
    const script = fileURLToPath(new URL("forgotten.mjs", import.meta.url));
    const printed = execFileSync(process.execPath, ["--expose-gc", script], { encoding: "utf8" });
    expect(JSON.parse(printed)).toEqual({
      networks: "released",
      runs: "released",
      viewed: { networks: 1, first: 42 },
      unviewed: "released",
    });
  });
});

const LARGE = { inputSize: 10_000, hiddenSize: 5400, outputSize: 10, random: 0 };

class Diverging extends SGD {
  override update(params: { w1: Float64Array }): void {
    params.w1[0] = Number.NaN;
  }
}

class Exhausted extends RandomState {
  override randn(): never {
    throw new TypeError("no more numbers");
  }
}

const thrower = {
  update() {
    throw new TypeError("a careless optimizer");
  },
};

async function leaveAfter(steps: number, run: TrainingRun): Promise<void> {
  for await (const { step } of run) if (step + 1 === steps) break;
}

async function disposeWithin(net: TwoLayerNet): Promise<void> {
  await expect(async () => {
    for await (const { step } of begin(net)) if (step === 2) net.dispose();
  }).rejects.toThrow(/disposed/);
}
