import { checkGradient, pixels, RandomState, TwoLayerNet } from "numgrad";
import { expect, test } from "vitest";

// The book's network as a library in float32 has it: the loss is rounded to float32, and so are all parameters.

const NAMES = ["w1", "b1", "w2", "b2"] as const;
type Params = Record<(typeof NAMES)[number], Float32Array>;

function network(seed: number) {
  const random = new RandomState(seed);
  const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, random });
  const images = Uint8Array.from({ length: 50 * 784 }, () => (random.random() < 0.2 ? random.randint(1, 256) : 0));
  const [x, t] = [pixels([50, 784], images), random.randint(0, 10, 50)];
  const rounded = (values: Record<keyof Params, Float64Array>) =>
    Object.fromEntries(NAMES.map((name) => [name, Float32Array.from(values[name])])) as Params;
  const params = rounded(net.params);
  const loss = (at: Params) => {
    for (const name of NAMES) net.params[name].set(at[name]);
    return Math.fround(net.loss(x, t));
  };
  loss(params);
  const gradient = rounded(net.gradient(x, t));
  return { loss, params, gradient, dispose: () => net.dispose() };
}

test.each(Array.from({ length: 10 }, (_, seed) => seed))(
  "the right float32 gradient of the book's network %d passes, as one array of 39,760 numbers",
  (seed) => {
    const { loss, params, gradient, dispose } = network(seed);
    const join = (values: Params) => Float32Array.from(NAMES.flatMap((name) => [...values[name]]));
    const split = (all: Float32Array): Params => {
      const parts = NAMES.map((name, k) => {
        const start = NAMES.slice(0, k).reduce((sum, before) => sum + params[before].length, 0);
        return [name, all.subarray(start, start + params[name].length)];
      });
      return Object.fromEntries(parts);
    };
    const report = checkGradient((all: Float32Array) => loss(split(all)), join(gradient), join(params));
    expect(report.verdict, String(report)).toBe("ok");
    dispose();
  },
);

test.each([0, 1, 2])(
  "an error of a hundredth in one array of network %d is found in it, and the right gradient passes",
  (seed) => {
    const { loss, params, gradient, dispose } = network(seed);
    const right = checkGradient(loss, gradient, params);
    expect(right.verdict, String(right)).toBe("ok");
    for (const name of NAMES) {
      const wrong = { ...gradient, [name]: gradient[name].map((value) => 1.01 * value) };
      const { verdict, parts } = checkGradient(loss, wrong, params);
      expect(verdict).toBe("wrong");
      expect(parts.filter((part) => part.verdict === "wrong").map((part) => part.name)).toEqual([name]);
    }
    dispose();
  },
);
