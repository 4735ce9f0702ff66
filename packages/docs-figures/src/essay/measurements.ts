// What the essay's pictures of changes and errors show, computed with the book's network.
import { type Dataset, pixels, RandomState, SGD, TwoLayerNet, train } from "numgrad";

/** The book's difference step. */
const H = 1e-4;

/** Steps after which the network has learned something. */
const STEPS = 300;

/** Images of a mini-batch. */
const BATCH = 100;

/** The weight whose quotient is looked at: from the pixel in the middle of an image to the first hidden unit. */
const [PIXEL, HIDDEN] = [406, 50];

/** The book's network after some steps, as after `np.random.seed(0)`. */
export async function trainShortly(data: Dataset): Promise<TwoLayerNet> {
  const random = new RandomState(0);
  const net = new TwoLayerNet({ inputSize: 784, hiddenSize: HIDDEN, outputSize: 10, random });
  await train(net, { train: data }, { optimizer: new SGD({ learningRate: 0.1 }), steps: STEPS, random }).finish();
  return net;
}

/** Weights of one hidden unit that have the same quotient of the first image's loss, and their pixels the same value. */
export interface Change {
  readonly value: number;
  readonly quotient: number;
  weights: number;
}

/** The quotients of all 784 weights of the unit whose quotients are largest, by the book's loop, for the first image. */
export function changesOfUnit(net: TwoLayerNet, { images, labels }: Dataset): Change[] {
  const x = pixels([1, 784], images.slice(0, 784));
  const t = [labels[0]!];
  const { w1 } = net.numericalGradient(x, t, { h: H });
  const largest = w1.reduce((best, entry, i) => (Math.abs(entry) > Math.abs(w1[best]!) ? i : best), 0);
  const unit = largest % HIDDEN;
  const changes = new Map<string, Change>();
  for (let pixel = 0; pixel < 784; pixel++) {
    const quotient = quotientOf(net, pixel * HIDDEN + unit, H, () => net.loss(x, t));
    const value = images[pixel]!;
    // Later digits are those that rounding leaves.
    const key = `${value} ${quotient.toFixed(8)}`;
    const change = changes.get(key) ?? { value, quotient, weights: 0 };
    change.weights++;
    changes.set(key, change);
  }
  return [...changes.values()];
}

/** The relative error of a quotient, for one difference step. */
export interface ErrorOfStep {
  readonly h: number;
  readonly error: number;
  readonly way: "L(w + h) − L(w − h), subtracted" | "each change formed by itself";
}

/** The errors of one weight's quotient, by subtracting losses as the book does and by numgrad. */
export function errorsOverSteps(net: TwoLayerNet, data: Dataset): ErrorOfStep[] {
  const { x, t } = data.batch(Array.from({ length: BATCH }, (_, i) => i));
  const index = PIXEL * HIDDEN;
  const entry = (h: number) => net.numericalGradient(x, t, { h }).w1[index]!;
  // With this h the quotient is the derivative to all its digits: its truncation error is of the size of h².
  const exact = entry(1e-8);
  const error = (quotient: number) => Math.max(Math.abs(quotient / exact - 1), 1e-16);
  return Array.from({ length: 25 }, (_, i) => 10 ** (-i / 2)).flatMap((h): ErrorOfStep[] => [
    { h, error: error(quotientOf(net, index, h, () => net.loss(x, t))), way: "L(w + h) − L(w − h), subtracted" },
    { h, error: error(entry(h)), way: "each change formed by itself" },
  ]);
}

/** The book's quotient for one weight of the first layer. The weight is put back. */
function quotientOf(net: TwoLayerNet, index: number, h: number, loss: () => number): number {
  const weight = net.params.w1[index]!;
  const lossAt = (value: number) => {
    net.params.w1[index] = value;
    return loss();
  };
  const quotient = (lossAt(weight + h) - lossAt(weight - h)) / (2 * h);
  net.params.w1[index] = weight;
  return quotient;
}
