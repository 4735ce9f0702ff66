import { crossEntropyError, dot, type Matrix, RandomState, sigmoid, softmax } from "numgrad";
import * as baseline from "../baseline/kernels.js";
import { type Race, runRace } from "../harness.js";
import { CORE, type Group, type Setting } from "./setting.js";

const PLAIN = "TypeScript";

/** Two ways to compute the same numbers. */
interface Kernel {
  readonly name: string;
  readonly core: () => unknown;
  readonly plain: () => unknown;
  /** Largest allowed difference, divided by the largest number: a few roundings, or as many as a sum has terms. */
  readonly bound: number;
}

export const kernels: Group = {
  title: "Kernels",
  about:
    "Time of public functions of numgrad, compared with plain loops in TypeScript. A call of numgrad checks its " +
    "arguments, copies them into WebAssembly memory, and copies the result out of it; all that is in the times. exp " +
    "is not a public function, so it is timed through sigmoid.",
  async run(setting) {
    const results = [];
    for (const kernel of listKernels(setting)) {
      setting.compare(kernel.name, numbersOf(kernel.plain()), numbersOf(kernel.core()), kernel.bound);
      const race: Race = {
        name: kernel.name,
        contenders: [
          { name: CORE, run: kernel.core },
          { name: PLAIN, run: kernel.plain },
        ],
      };
      results.push(await runRace(race, setting.effort));
    }
    return results;
  },
};

function listKernels(setting: Setting): Kernel[] {
  const random = new RandomState(0);
  const matrix = (rows: number, cols: number): Matrix => ({ shape: [rows, cols], data: random.randn(rows * cols) });
  const [short, long] = [matrix(2, 784), matrix(2, 100_000)];
  const images = setting.train.batch(random.choice(setting.train.size, 100));
  const pixels = images.x.data;
  const imageNumbers: Matrix = { shape: [100, 784], data: Float64Array.from(pixels, (v) => Math.fround(v / 255)) };
  return [
    dotKernel("dot, 784 numbers", short),
    dotKernel("dot, 100,000 numbers", long),
    productKernel("matrix product [100, 784] · [784, 50]", matrix(100, 784), matrix(784, 50), false),
    productKernel("the same, with 100 images (81 % zeros, which both skip)", imageNumbers, matrix(784, 50), true),
    productKernel("matrix product [100, 50] · [50, 10]", matrix(100, 50), matrix(50, 10), false),
    sigmoidKernel("exp, by sigmoid of 100 × 50 numbers", matrix(100, 50)),
    softmaxKernel("softmax, 100 rows of 10", matrix(100, 10)),
    softmaxKernel("softmax, 100 rows of 1,000", matrix(100, 1000)),
    entropyKernel("cross entropy, 100 rows of 10", matrix(100, 10), images.t),
  ];
}

function dotKernel(name: string, { data }: Matrix): Kernel {
  const half = data.length / 2;
  const [a, b] = [data.slice(0, half), data.slice(half)];
  return { name, core: () => dot(a, b), plain: () => baseline.dot(a, b), bound: 1e-11 };
}

function productKernel(name: string, a: Matrix, b: Matrix, skipZeros: boolean): Kernel {
  const [m, k] = a.shape;
  const n = b.shape[1];
  const plain = () => {
    const out = new Float64Array(m * n);
    baseline.addProduct(a.data, b.data, { m, k, n }, skipZeros, out);
    return out;
  };
  return { name, core: () => dot(a, b), plain, bound: 1e-14 };
}

function sigmoidKernel(name: string, x: Matrix): Kernel {
  return { name, core: () => sigmoid(x), plain: () => baseline.sigmoid(x.data), bound: 1e-15 };
}

function softmaxKernel(name: string, x: Matrix): Kernel {
  const [rows, cols] = x.shape;
  const plain = () => {
    const out = x.data.slice();
    baseline.softmaxInPlace(out, rows, cols);
    return out;
  };
  return { name, core: () => softmax(x), plain, bound: 1e-14 };
}

function entropyKernel(name: string, x: Matrix, labels: Uint8Array): Kernel {
  const y = softmax(x);
  const [rows, cols] = y.shape;
  const plain = () => baseline.crossEntropies(y.data, labels, { rows, cols }) / rows;
  return { name, core: () => crossEntropyError(y, labels), plain, bound: 1e-14 };
}

function numbersOf(result: unknown): ArrayLike<number> {
  if (typeof result === "number") return [result];
  return result instanceof Float64Array ? result : (result as Matrix).data;
}
