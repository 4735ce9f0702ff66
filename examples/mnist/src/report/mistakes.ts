import { confusionMatrix, type Matrix } from "numgrad";

/** What a network takes each image for. */
export interface Predictions {
  /** The class with the largest probability, the first of several; −1 where the probabilities are no numbers. */
  readonly classes: Int16Array;
  /** That probability. */
  readonly probabilities: Float64Array;
}

/** An image that was taken for something else than it is. */
export interface Mistake {
  /** Number of the image, from 0. */
  readonly index: number;
  readonly label: number;
  readonly predicted: number;
  /** The probability that the network gave to `predicted`. */
  readonly probability: number;
}

/** Reads the rows of probabilities that `predict` gives: NaN, where a network that diverged overflows. */
export function readPredictions({ shape, data }: Matrix): Predictions {
  const [rows, cols] = shape;
  const classes = new Int16Array(rows);
  const probabilities = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const each = data.subarray(row * cols, (row + 1) * cols);
    probabilities[row] = Math.max(...each);
    classes[row] = each.indexOf(probabilities[row]!);
  }
  return { classes, probabilities };
}

/** The confusion matrix of the images that were taken for anything. */
export function confusionOf({ classes }: Predictions, labels: Uint8Array, count: number): Matrix {
  const taken = Array.from(labels.keys()).filter((i) => classes[i] !== -1);
  if (taken.length === 0) return { shape: [count, count], data: new Float64Array(count * count) };
  const of = (values: Int16Array | Uint8Array) => taken.map((i) => values[i]!);
  return confusionMatrix(of(classes), of(labels), { classes: count });
}

/** Every mistake, the most confident first; those of equal probability in the order of their images. */
export function findMistakes({ classes, probabilities }: Predictions, labels: Uint8Array): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const [index, label] of labels.entries()) {
    const predicted = classes[index]!;
    if (predicted === -1 || predicted === label) continue;
    mistakes.push({ index, label, predicted, probability: probabilities[index]! });
  }
  return mistakes.sort((a, b) => b.probability - a.probability);
}
