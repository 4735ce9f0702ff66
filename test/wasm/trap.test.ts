import { afterEach, describe, expect, test, vi } from "vitest";
import type { RawSession } from "../../packages/numgrad/src/wasm/glue.js";

/** The package as in a new page, with a core of its own, and the glue of the instance that runs first. */
async function freshPackage() {
  vi.resetModules();
  const numgrad = await import("numgrad");
  const { core } = await import("../../packages/numgrad/src/wasm/runtime.js");
  return { ...numgrad, core, glue: core().glue };
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
  message: `the WebAssembly core failed (${message}): the network that it worked on, if any, can no longer be used, but all others can`,
  cause: expect.any(WebAssembly.RuntimeError),
});

afterEach(() => vi.restoreAllMocks());

type Use = (numgrad: Package) => unknown;

function update(numgrad: Package): void {
  const { params, grads } = makeNet(numgrad);
  new numgrad.SGD().update(params, grads);
}

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
    begin: (numgrad) => makeNet(numgrad).predict(x),
    count_correct: (numgrad) => makeNet(numgrad).accuracy(x, t),
    count_correct_images: (numgrad) => begin(numgrad).finish(),
    create: makeNet,
    descend: update,
    descends_to_finite: update,
    differences_by_definition: (numgrad) => makeNet(numgrad).numericalGradient(x, t, { evaluation: "full" }),
    finish_backpropagation: (numgrad) => makeNet(numgrad).gradient(x, t),
    finish_differences: (numgrad) => makeNet(numgrad).numericalGradient(x, t),
    finish_forward: (numgrad) => makeNet(numgrad).predict(x),
    parameter_norm: (numgrad) => makeNet(numgrad).predict(x),
    set_share: (numgrad) => {
      const net = new numgrad.TwoLayerNet({ inputSize: 4, hiddenSize: 16, outputSize: 2, random: 0 });
      return numgrad.train(net, { train: { x, t } }, { steps: 1, batchSize: 2, random: 1, threads: 2 }).finish();
    },
    stage_images: (numgrad) => begin(numgrad).finish(),
    stage_pixels: (numgrad) => makeNet(numgrad).predict(numgrad.pixels([1, 4], new Uint8Array(4))),
    stage_values: (numgrad) => makeNet(numgrad).predict(x),
  },
};

describe("a trap in any call throws a CoreError, and the next use of another network works:", () => {
  const cases = Object.entries(CALLS).flatMap(([type, calls]) =>
    Object.entries(calls).map(([call, use]) => [type as keyof typeof CALLS, call, use] as const),
  );

  test.each(cases)("%s.%s", async (type, call, use) => {
    const numgrad = await freshPackage();
    const before = makeNet(numgrad);
    const loss = before.loss(x, t);
    const owner: unknown = call === "create" ? numgrad.glue[type] : numgrad.glue[type].prototype;
    vi.spyOn(owner as Record<string, () => unknown>, call).mockImplementation(() => {
      throw new WebAssembly.RuntimeError("unreachable");
    });
    expect(await thrownBy(() => use(numgrad))).toMatchObject(trapped("unreachable"));
    await use(numgrad);
    expect(before.loss(x, t)).toBe(loss);
  });

  test("and there are no other calls", async () => {
    const { glue } = await freshPackage();
    const others = ["constructor", "layout", "free", "length", "name", "prototype"];
    for (const [type, calls] of Object.entries(CALLS)) {
      const raw = glue[type as keyof typeof CALLS];
      // The objects for functions and random numbers are made when the core starts.
      const made = type === "RawFunctions" || type === "RawRandom" ? ["create"] : [];
      // The first thread does not make this call, only workers do.
      if (type === "RawImages") made.push("receive");
      const names = [raw, raw.prototype].flatMap((owner) => Object.getOwnPropertyNames(owner));
      expect(names.filter((name) => !others.includes(name)).sort()).toEqual([...made, ...Object.keys(calls)].sort());
    }
  });
});

test("a trap in an update that a team makes before its next command ends the run and the network", async () => {
  const numgrad = await freshPackage();
  const net = new numgrad.TwoLayerNet({ inputSize: 4, hiddenSize: 16, outputSize: 2, random: 0 });
  const train = new numgrad.Dataset({ images, labels, rows: 2, cols: 2, classes: 2 });
  const run = numgrad.train(net, { train }, { steps: 50, batchSize: 10, evaluateEvery: false, random: 1, threads: 2 });
  const error = await thrownBy(async () => {
    for await (const { step } of run) {
      if (step !== 5) continue;
      expect(run.threads).toBe(2);
      vi.spyOn(numgrad.glue.RawSession.prototype, "descend").mockImplementation(() => {
        throw new WebAssembly.RuntimeError("unreachable");
      });
    }
  });
  expect(error).toMatchObject(trapped("unreachable"));
  expect(run.threads).toBe(1);
  for (const use of [() => net.loss(x, t), () => net.params.toArrays()]) expect(await thrownBy(use)).toBe(error);
});

describe("after a trap in the core itself", () => {
  /** A network and a run whose last call trapped, another network, and the error of that run. */
  async function afterTrap() {
    const numgrad = await freshPackage();
    const [net, other] = [makeNet(numgrad), makeNet(numgrad)];
    other.numericalGradient(x, t);
    const before = { params: other.params.toArrays(), grads: other.grads.toArrays(), view: other.params.w1 };
    const { prototype } = numgrad.glue.RawSession;
    const { count_correct_images } = prototype;
    const beyond: typeof count_correct_images = function (this: RawSession, lists, from) {
      return count_correct_images.call(this, lists, from, 2 ** 20);
    };
    const stub = vi.spyOn(prototype, "count_correct_images").mockImplementation(beyond);
    const run = begin(numgrad, net);
    const error = await thrownBy(() => run.finish());
    stub.mockRestore();
    return { numgrad, net, other, before, run, error };
  }

  test("a training run ends with the error, although its images cannot be freed", async () => {
    const { run, error } = await afterTrap();
    expect(error).toMatchObject(trapped("unreachable"));
    expect(run.history).toMatchObject({ status: "aborted", stoppedAt: 1 });
  });

  test("the network that it worked on throws the same error", async () => {
    const { numgrad, net, error } = await afterTrap();
    const uses = [
      () => net.loss(x, t),
      () => net.params.w1,
      () => net.grads.toArrays(),
      () => begin(numgrad, net).finish(),
    ];
    for (const use of uses) expect(await thrownBy(use)).toBe(error);
  });

  test("another network has its parameters and its gradient, and trains with the same bits", async () => {
    const { numgrad, other, before } = await afterTrap();
    expect(other.params.toArrays()).toEqual(before.params);
    expect(other.grads.toArrays()).toEqual(before.grads);
    const [history, expected] = [await begin(numgrad, other).finish(), await begin(numgrad).finish()];
    expect(history.losses).toEqual(expected.losses);
    expect(numgrad.memoryUsage().networks).toBe(2);
  });

  test("a view from before is detached, as after a growth of memory, and is found again", async () => {
    const { numgrad, other, before } = await afterTrap();
    expect(before.view).toHaveLength(0);
    other.params.w1[0] = 5;
    new numgrad.SGD({ learningRate: 1 }).update({ w1: before.view }, { w1: new Float64Array(12).fill(1) });
    expect(other.params.w1[0]).toBe(4);
  });

  test("networks are disposed of without an error, so that `using` does not hide the first one", async () => {
    const { numgrad, net, other } = await afterTrap();
    net.dispose();
    other[Symbol.dispose]();
    for (const gone of [net, other])
      expect(await thrownBy(() => gone.loss(x, t))).toBeInstanceOf(numgrad.DisposedError);
  });

  test("a run of another network goes on with the same bits, although its listed images are lost", async () => {
    const numgrad = await freshPackage();
    const [first, second] = [begin(numgrad), begin(numgrad)];
    for await (const { step } of first) {
      if (step !== 20) continue;
      vi.spyOn(numgrad.glue.RawFunctions.prototype, "sigmoid").mockImplementation(() => {
        throw new WebAssembly.RuntimeError("unreachable");
      });
      expect(await thrownBy(() => numgrad.sigmoid(1))).toMatchObject(trapped("unreachable"));
    }
    expect(first.history).toEqual(await second.finish());
  });

  test("a call for which the stack is too short counts as a trap: it may have stopped anywhere", async () => {
    const numgrad = await freshPackage();
    const [net, other] = [makeNet(numgrad), makeNet(numgrad)];
    vi.spyOn(numgrad.glue.RawSession.prototype, "begin").mockImplementation(() => {
      throw new RangeError("Maximum call stack size exceeded");
    });
    expect(await thrownBy(() => net.loss(x, t))).toMatchObject({ name: "CoreError", cause: expect.any(RangeError) });
    expect(other.loss(x, t)).toBe(makeNet(numgrad).loss(x, t));
  });

  test("an object that is freed twice, or used after that, does not touch the object that has taken its place", async () => {
    const { glue } = await freshPackage();
    const first = glue.RawSession.create(2, 2, 2)!;
    first.free();
    const second = glue.RawSession.create(2, 2, 2)!;
    first.free();
    expect(glue.liveSessions()).toBe(1);
    expect(second.parameter_norm()).toBe(0);
    expect(() => first.parameter_norm()).toThrow(WebAssembly.RuntimeError);
  });

  test("the garbage collector does not call into the failed instance", async () => {
    const numgrad = await freshPackage();
    const { glue } = numgrad;
    const session = glue.RawSession.create(2, 2, 2)!;
    glue.abandon();
    session.free();
  });
});
