import { confusionMatrix, type Matrix } from "numgrad";

/** The class that a network predicts for each image. */
export interface Predictions {
  /** The class with the largest probability, the first of equal ones; −1 if the probabilities are NaN. */
  readonly classes: Int16Array;
  /** The probability of that class. */
  readonly probabilities: Float64Array;
}

/** An image whose predicted class is not its label. */
export interface Mistake {
  /** Number of the image, from 0. */
  readonly index: number;
  readonly label: number;
  readonly predicted: number;
  /** The probability that the network gave to `predicted`. */
  readonly probability: number;
}

/** Reads the rows of probabilities that `predict` returns. They are NaN if a network that has diverged overflows. */
export function readPredictions({ shape, data }: Matrix): Predictions {
  const [rows, cols] = shape;
  const classes = new Int16Array(rows);
  const probabilities = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * cols, (i + 1) * cols);
    probabilities[i] = Math.max(...row);
    classes[i] = row.indexOf(probabilities[i]!);
  }
  return { classes, probabilities };
}

/** The confusion matrix of the images that have a prediction. */
export function confusionOf({ classes }: Predictions, labels: Uint8Array, count: number): Matrix {
  const predicted = Array.from(labels.keys()).filter((i) => classes[i] !== -1);
  if (predicted.length === 0) return { shape: [count, count], data: new Float64Array(count * count) };
  const select = (values: Int16Array | Uint8Array) => predicted.map((i) => values[i]!);
  return confusionMatrix(select(classes), select(labels), { classes: count });
}

/** Every mistake, the most confident first. Mistakes of equal probability are in the order of their images. */
export function findMistakes({ classes, probabilities }: Predictions, labels: Uint8Array): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const [index, label] of labels.entries()) {
    const predicted = classes[index]!;
    if (predicted === -1 || predicted === label) continue;
    mistakes.push({ index, label, predicted, probability: probabilities[index]! });
  }
  return mistakes.sort((a, b) => b.probability - a.probability);
}
