import { afterEach, describe, expect, test, vi } from "vitest";
import type { RawSession } from "../../packages/numgrad/src/wasm/generated/core.js";

/** The package as in a new page, with a core of its own: a trap ends this core and no other. */
async function freshPackage() {
  vi.resetModules();
  const numgrad = await import("numgrad");
  const glue = await import("../../packages/numgrad/src/wasm/generated/core.js");
  return { ...numgrad, glue };
}

type Package = Awaited<ReturnType<typeof freshPackage>>;

const SIZE = 40;
const images = Uint8Array.from({ length: SIZE * 4 }, (_, i) => (i * 97) % 256);
const labels = Uint8Array.from({ length: SIZE }, (_, i) => i % 2);

const makeNet = ({ TwoLayerNet }: Package) =>
  new TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2, random: 0 });

/** A run with so many steps that its images are listed in the core. */
const begin = (numgrad: Package, net = makeNet(numgrad)) => {
  const train = new numgrad.Dataset({ images, labels, rows: 2, cols: 2, classes: 2 });
  return numgrad.train(net, { train }, { steps: 50, batchSize: 10, random: 1 });
};

const x = { shape: [2, 4] as const, data: Float64Array.of(1, 0, -1, 2, 0, 0.5, 1, 1) };
const t = [0, 1];
const soft = { shape: [2, 2] as const, data: Float64Array.of(0.5, 0.5, 0.5, 0.5) };
const long = new Float64Array(10_000);

/** The error that `action` throws, or with which its promise is rejected. */
async function thrownBy(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  return expect.fail("nothing was thrown");
}

/** The error after a trap. */
const trapped = (message: string) => ({
  name: "CoreError",
  message: `the WebAssembly core failed (${message}) and can no longer be used; reload numgrad`,
  cause: expect.any(WebAssembly.RuntimeError),
});

afterEach(() => vi.restoreAllMocks());

type Use = (numgrad: Package) => unknown;

/** Every call into the core, with a use of the package that makes it. */
const CALLS: Record<"RawFunctions" | "RawImages" | "RawRandom" | "RawSession", Record<string, Use>> = {
  RawFunctions: {
    dot: ({ dot }) => dot([1, 2], [3, 4]),
    exp_minus: ({ softmax }) => softmax(long),
    label_losses: ({ crossEntropyError }) => crossEntropyError(soft, t),
    matmul: ({ dot }) => dot(soft, soft),
    sigmoid: ({ sigmoid }) => sigmoid(1),
    softmax: ({ softmax }) => softmax([1, 2]),
    target_losses: ({ crossEntropyError }) => crossEntropyError(soft, soft),
  },
  RawImages: {
    allocate: (numgrad) => begin(numgrad).finish(),
    count: (numgrad) => begin(numgrad).finish(),
    create: (numgrad) => begin(numgrad).finish(),
    encode: (numgrad) =>
      numgrad.train(makeNet(numgrad), { train: { x, t } }, { steps: 50, batchSize: 2, random: 1 }).finish(),
    push: (numgrad) => begin(numgrad).finish(),
  },
  RawRandom: {
    fill_normal: ({ RandomState }) => new RandomState(0).randn(),
    temper: ({ RandomState }) => new RandomState(0).random(),
    twist: ({ RandomState }) => new RandomState(0).random(),
  },
  RawSession: {
    add_losses: (numgrad) => makeNet(numgrad).loss(x, t),
    backpropagate: (numgrad) => makeNet(numgrad).gradient(x, t),
    central_differences: (numgrad) => makeNet(numgrad).numericalGradient(x, t),
    central_differences_by_definition: (numgrad) => makeNet(numgrad).numericalGradient(x, t, { evaluation: "full" }),
    count_correct: (numgrad) => makeNet(numgrad).accuracy(x, t),
    count_correct_images: (numgrad) => begin(numgrad).finish(),
    create: makeNet,
    descend: (numgrad) => {
      const { params, grads } = makeNet(numgrad);
      new numgrad.SGD().update(params, grads);
    },
    forward: (numgrad) => makeNet(numgrad).predict(x),
    scale_weights: makeNet,
    stage_images: (numgrad) => begin(numgrad).finish(),
    stage_pixels: (numgrad) => makeNet(numgrad).predict(numgrad.pixels([1, 4], new Uint8Array(4))),
    stage_values: (numgrad) => makeNet(numgrad).predict(x),
  },
};

describe("a trap in any call throws a CoreError, and so does every later use:", () => {
  const cases = Object.entries(CALLS).flatMap(([type, calls]) =>
    Object.entries(calls).map(([call, use]) => [type as keyof typeof CALLS, call, use] as const),
  );

  test.each(cases)("%s.%s", async (type, call, use) => {
    const numgrad = await freshPackage();
    const owner: unknown = call === "create" ? numgrad.glue[type] : numgrad.glue[type].prototype;
    const stub = vi.spyOn(owner as Record<string, () => unknown>, call).mockImplementation(() => {
      throw new WebAssembly.RuntimeError("unreachable");
    });
    const error = await thrownBy(() => use(numgrad));
    expect(error).toMatchObject(trapped("unreachable"));
    stub.mockRestore();
    expect(await thrownBy(() => use(numgrad))).toBe(error);
  });

  test("and there are no other calls", async () => {
    const { glue } = await freshPackage();
    const others = ["constructor", "layout", "free", "__destroy_into_raw", "length", "name", "prototype", "__wrap"];
    for (const [type, calls] of Object.entries(CALLS)) {
      const raw = glue[type as keyof typeof CALLS];
      const names = [raw, raw.prototype].flatMap((owner) => Object.getOwnPropertyNames(owner));
      expect(names.filter((name) => !others.includes(name)).sort()).toEqual(Object.keys(calls).sort());
    }
  });
});

describe("after a trap in the core itself", () => {
  /** A network and a run whose last call trapped, another network, and the error of that run. */
  async function afterTrap() {
    const numgrad = await freshPackage();
    const [net, other] = [makeNet(numgrad), makeNet(numgrad)];
    const { prototype } = numgrad.glue.RawSession;
    const { count_correct_images } = prototype;
    const beyond: typeof count_correct_images = function (this: RawSession, lists, from) {
      return count_correct_images.call(this, lists, from, 2 ** 20);
    };
    vi.spyOn(prototype, "count_correct_images").mockImplementation(beyond);
    const run = begin(numgrad, net);
    return { numgrad, net, other, run, error: await thrownBy(() => run.finish()) };
  }

  test("a training run ends with the error, although its images cannot be freed", async () => {
    const { run, error } = await afterTrap();
    expect(error).toMatchObject(trapped("unreachable"));
    expect(run.history).toMatchObject({ status: "aborted", stoppedAt: 1 });
  });

  test("old and new networks throw the same error", async () => {
    const { numgrad, net, other, error } = await afterTrap();
    const uses = [() => net.loss(x, t), () => other.numericalGradient(x, t), () => makeNet(numgrad)];
    for (const use of uses) expect(await thrownBy(use)).toBe(error);
    expect(await thrownBy(() => begin(numgrad, other).finish())).toBe(error);
  });

  test("networks are disposed of without an error, so that `using` does not hide the first one", async () => {
    const { numgrad, net, other } = await afterTrap();
    net.dispose();
    other[Symbol.dispose]();
    for (const gone of [net, other])
      expect(await thrownBy(() => gone.loss(x, t))).toBeInstanceOf(numgrad.DisposedError);
  });
});
