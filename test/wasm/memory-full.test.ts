import type { RandomState } from "numgrad";
import { describe, expect, test, vi } from "vitest";
import { corePages, withMemoryLimit } from "../support/core-bytes.js";
import { thrownBy } from "../support/thrown.js";

/**
 * Fillings of the memory, from one that leaves no room to one that leaves enough. NUMGRAD_FILLINGS=87381 makes the
 * tests more thorough: then each filling is 12 bytes smaller than the one before, and the allocator's chunks have 16.
 */
const FILLINGS = Number(process.env.NUMGRAD_FILLINGS ?? 1500);

const PAGE = 65_536;

/** The package as in a new page, with a core whose memory cannot have more than so many pages. */
async function limitedTo(pages: number) {
  vi.resetModules();
  const numgrad = await import("numgrad");
  const runtime = await import("../../packages/numgrad/src/wasm/runtime.js");
  numgrad.init(withMemoryLimit(pages));
  return { ...numgrad, ...runtime, glue: runtime.core().glue };
}

type Package = Awaited<ReturnType<typeof limitedTo>>;

/** Most images of one filling: no block may be larger than 2 GiB, which is 12 bytes for each of 178 million images. */
const MOST_IMAGES = 2 ** 26;

/**
 * Takes about 12 bytes of memory for each of `images`: one block for each 2²⁶ of them. None of its bytes is written, so that
 * the machine has to provide no memory for it.
 */
function take({ glue }: Package, images: number): { free(): void } | undefined {
  const fillings: { free(): void }[] = [];
  const free = () => {
    for (const filling of fillings) filling.free();
  };
  for (let rest = images; rest > 0; rest -= MOST_IMAGES) {
    const filling = glue.RawImages.create(1, Math.min(rest, MOST_IMAGES), false);
    if (filling) fillings.push(filling);
    if (!filling?.allocate()) {
      free();
      return undefined;
    }
  }
  return { free };
}

/** Takes all memory that there is. */
function takeAll(numgrad: Package): { free(): void }[] {
  const fillings: { free(): void }[] = [];
  for (let images = 2 ** 26; images >= 1; images = Math.floor(images / 1.5)) {
    for (let filling = take(numgrad, images); filling; filling = take(numgrad, images)) fillings.push(filling);
  }
  return fillings;
}

/** The largest filling that finds room. Before that the memory takes on its full size, so that all that is free is one piece. */
function largestFilling(numgrad: Package): number {
  for (const filling of takeAll(numgrad)) filling.free();
  let most = 0;
  for (let step = 2 ** 28; step >= 1; step /= 2) {
    const filling = take(numgrad, most + step);
    if (filling) most += step;
    filling?.free();
  }
  return most;
}

/** Everything that asks the core for memory: it gives an object, or undefined if memory is short. */
const REQUESTS: Record<string, (numgrad: Package) => { free(): void } | undefined> = {
  "a network of 1-1-1 units": ({ glue }) => glue.RawSession.create(1, 1, 1),
  "a network of 30-10-6 units": ({ glue }) => glue.RawSession.create(30, 10, 6),
  "buffers for small images": ({ glue }) => glue.RawImages.create(4, 10, false),
  "buffers for large images of numbers": ({ glue }) => glue.RawImages.create(900, 10, true),
  "lists of images": (numgrad) => take(numgrad, 30_000),
};

describe("whichever allocation fails for lack of memory, nothing traps:", () => {
  test.each(Object.keys(REQUESTS))(
    "%s",
    async (name) => {
      const numgrad = await limitedTo(corePages().initial + 24);
      const request = REQUESTS[name]!;
      const net = new numgrad.TwoLayerNet({ inputSize: 2, hiddenSize: 2, outputSize: 2, random: 0 });
      const params = net.params.toArrays();
      const { liveBytes } = numgrad.memoryUsage();
      let [granted, refused] = [0, 0];
      const full = largestFilling(numgrad);
      // The last filling leaves 1 MB.
      for (let i = 0; i <= FILLINGS; i++) {
        const filling = take(numgrad, full - Math.round((i * 87_381) / FILLINGS));
        const before = numgrad.memoryUsage();
        const object = request(numgrad);
        if (object) granted++;
        else refused++;
        if (!object) expect(numgrad.memoryUsage()).toEqual(before);
        object?.free();
        filling!.free();
        expect(numgrad.memoryUsage().liveBytes).toBe(liveBytes);
      }
      expect(net.params.toArrays()).toEqual(params);
      expect([granted > 0, refused > 0]).toEqual([true, true]);
    },
    600_000,
  );
});

describe("the memory's maximum", () => {
  test("is one page less than 3.5 GiB, so that no sum of an address and a size passes 2³²", async () => {
    expect(corePages()).toEqual({ initial: expect.any(Number), most: 3.5 * 2 ** 14 - 1 });
    vi.resetModules();
    const { core } = await import("../../packages/numgrad/src/wasm/runtime.js");
    const { memory } = core();
    expect(() => memory.grow(3.5 * 2 ** 14 - memory.buffer.byteLength / PAGE)).toThrow(RangeError);
  });

  test("is reached with gaps of any size at its end, and a network is made or refused", async () => {
    const numgrad = await limitedTo(corePages().most);
    const net = new numgrad.TwoLayerNet({ inputSize: 30, hiddenSize: 10, outputSize: 6, random: 0 });
    const params = net.params.toArrays();
    const full = largestFilling(numgrad);
    expect(numgrad.memoryUsage().memoryBytes).toBe(corePages().most * PAGE);
    const shapes: [number, number, number][] = [[1, 1, 1], [30, 10, 6], [784, 50, 10], [784, 2000, 10]]; // biome-ignore format: one line
    const counts = new Map(shapes.map((shape) => [shape.join("-"), { granted: 0, refused: 0 }]));
    // Leftovers up to 200 MB, each a little larger than the one before.
    for (let left = 64; left < 2e8; left *= 1 + 60 / FILLINGS) {
      const filling = take(numgrad, full - Math.ceil(left / 12))!;
      for (const shape of shapes) {
        if (shape[1] === 2000 && left < 2e6) continue;
        const session = numgrad.glue.RawSession.create(...shape);
        counts.get(shape.join("-"))![session ? "granted" : "refused"]++;
        session?.free();
      }
      filling.free();
    }
    for (const { granted, refused } of counts.values()) expect([granted > 0, refused > 0]).toEqual([true, true]);
    expect(net.params.toArrays()).toEqual(params);
  });
});

describe("where memory is short", () => {
  test("the core does not start, or starts and works", async () => {
    const { initial } = corePages();
    const outcomes: string[] = [];
    for (let pages = initial; pages < initial + 8; pages++) {
      try {
        const { sigmoid } = await limitedTo(pages);
        expect(sigmoid(0)).toBe(0.5);
        outcomes.push("works");
      } catch (error) {
        expect(error).toMatchObject({ name: "CoreError" });
        outcomes.push((error as Error).message);
      }
    }
    const refusal = "the WebAssembly core could not start: not enough WebAssembly memory";
    expect(new Set(outcomes)).toEqual(new Set([refusal, "works"]));
    expect(outcomes.lastIndexOf(refusal)).toBeLessThan(outcomes.indexOf("works"));
  });

  test("a loop that never disposes of its networks gets an error that names dispose()", async () => {
    const numgrad = await limitedTo(corePages().initial + 200);
    const nets: InstanceType<typeof numgrad.TwoLayerNet>[] = [];
    const make = () => {
      const net = new numgrad.TwoLayerNet({ inputSize: 30, hiddenSize: 10, outputSize: 6, random: 0 });
      nets.push(net);
      return net;
    };
    const error = thrownBy(numgrad.CoreError, () => {
      for (;;) make();
    });
    expect(nets.length).toBeGreaterThan(10);
    expect(error.message).toBe(
      `not enough WebAssembly memory for a network of 30-10-6 units beside ${nets.length} others: call dispose() on unused ones`,
    );
    const first = nets[0]!.params.toArrays();
    expect(thrownBy(numgrad.CoreError, make).message).toBe(error.message);
    nets.pop()!.dispose();
    expect(make().params.toArrays()).toEqual(first);
  });

  test("functions, random numbers and gradients need no memory of the core, so they work as before", async () => {
    const numgrad = await limitedTo(corePages().initial + 32);
    const net = new numgrad.TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2, random: 0 });
    const results = () => {
      const random = new numgrad.RandomState(1);
      const long = random.randn(100_000);
      const { x, t } = samples(random);
      return [
        numgrad.softmax(long), numgrad.sigmoid(long), numgrad.dot(long, long), net.loss(x, t), net.predict(x),
        net.accuracy(x, t), net.numericalGradient(x, t), net.gradient(x, t),
        net.numericalGradient(x, t, { evaluation: "full" }),
      ]; // biome-ignore format: one line for each kind
    };
    const before = results();
    const { memoryBytes } = numgrad.memoryUsage();
    expect(takeAll(numgrad).length).toBeGreaterThan(0);
    thrownBy(numgrad.CoreError, () => new numgrad.TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2 }));
    expect(results()).toEqual(before);
    expect(numgrad.memoryUsage().memoryBytes).toBeGreaterThanOrEqual(memoryBytes);
  });

  test("a training run whose images find no room is the same run, without lists", async () => {
    const numgrad = await limitedTo(corePages().initial + 32);
    const make = () => new numgrad.TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2, random: 0 });
    const [first, second] = [make(), make()];
    const expected = await begin(numgrad, first).finish();
    takeAll(numgrad);
    const { liveBytes } = numgrad.memoryUsage();
    const history = await begin(numgrad, second).finish();
    expect([history.losses, second.params.toArrays()]).toEqual([expected.losses, first.params.toArrays()]);
    expect(numgrad.memoryUsage().liveBytes).toBe(liveBytes);
  });

  test("a network that has to move after a trap is refused a place, and moves as soon as there is one", async () => {
    const numgrad = await limitedTo(corePages().initial + 32);
    const make = () => new numgrad.TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2, random: 0 });
    const net = make();
    const params = net.params.toArrays();
    vi.spyOn(numgrad.glue.RawFunctions.prototype, "sigmoid").mockImplementationOnce(() => {
      throw new WebAssembly.RuntimeError("unreachable");
    });
    thrownBy(numgrad.CoreError, () => numgrad.sigmoid(1));
    const { glue } = numgrad.core(); // another instance, whose memory is filled before the network moves
    const after = { ...numgrad, glue } as Package;
    const fillings = takeAll(after);
    for (let i = 0; i < 3; i++) {
      expect(thrownBy(numgrad.CoreError, () => net.params.w1).message).toMatch(/^not enough WebAssembly memory for a/);
    }
    for (const filling of fillings) filling.free();
    expect(net.params.toArrays()).toEqual(params);
  });
});

function samples(random: RandomState) {
  const data = Float64Array.from(random.randn(40));
  return { x: { shape: [10, 4] as const, data }, t: Array.from({ length: 10 }, (_, i) => i % 2) };
}

/** A run with so many steps that its images are listed in the core, if there is room. */
function begin(numgrad: Package, net: InstanceType<Package["TwoLayerNet"]>) {
  const images = Uint8Array.from({ length: 160 }, (_, i) => (i * 97) % 256);
  const labels = Uint8Array.from({ length: 40 }, (_, i) => i % 2);
  const data = new numgrad.Dataset({ images, labels, rows: 2, cols: 2, classes: 2 });
  return numgrad.train(net, { train: data }, { steps: 50, batchSize: 10, random: 1 });
}
