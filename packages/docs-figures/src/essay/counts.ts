// What a gradient by differences has to evaluate, counted on MNIST. The essay names these numbers (docs/essay.md).
import type { Dataset } from "numgrad";

/** Sizes of the book's network. */
const [INPUTS, HIDDEN, OUTPUTS] = [784, 50, 10];

/** Images of a mini-batch. */
const BATCH = 100;

export const PARAMETERS = INPUTS * HIDDEN + HIDDEN + HIDDEN * OUTPUTS + OUTPUTS;

/** Pixels of an image, on average over many images. */
export interface PixelCounts {
  /** Pixels that are not black. */
  readonly lit: number;
  /** Different values among them. */
  readonly values: number;
  /** The most different values of one image. */
  readonly mostValues: number;
}

export function countPixels({ images, size, rows, cols }: Dataset): PixelCounts {
  let [lit, values, mostValues] = [0, 0, 0];
  for (let i = 0; i < size; i++) {
    const image = images.subarray(i * rows * cols, (i + 1) * rows * cols);
    const seen = new Set(image);
    seen.delete(0);
    values += seen.size;
    mostValues = Math.max(mostValues, seen.size);
    for (const pixel of image) if (pixel > 0) lit++;
  }
  return { lit: lit / size, values: values / size, mostValues };
}

/** Losses of one sample that differ from each other, for both signs of h and a mini-batch: what is left to evaluate. */
export interface Evaluations {
  /** Whole forward passes, as in the book. */
  readonly loop: number;
  /** Without the weights of black pixels. */
  readonly lit: number;
  /** Once for each value that a pixel of the image has. */
  readonly values: number;
}

export function countEvaluations({ lit, values }: PixelCounts): Evaluations {
  const second = HIDDEN * OUTPUTS + OUTPUTS;
  // The bias of a hidden unit is the weight of an input that is always 1.
  const both = (first: number) => 2 * BATCH * ((first + 1) * HIDDEN + second);
  return { loop: both(INPUTS), lit: both(lit), values: both(values) };
}
