import { any, type Operation, positive, within } from "../case.js";

/** Rows of probabilities of three classes. */
const LABELS = { ...positive(2, 3), values: [0.2, 0.5, 0.3, 0.6, 0.1, 0.3] };

/** TensorFlow.js's numbers of what is made of the losses: 0 keeps them, 1 is their mean, 2 their sum, 3 the sum by the number of weights that are not 0. */
const REDUCTIONS = [0, 1, 2, 3];

const pairs = ["absoluteDifference", "meanSquaredError", "huberLoss"].map(
  (op): Operation => [
    `losses.${op}`,
    [any(2, 3), any(2, 3)],
    (tf, [labels, predictions], { reduction }) => tf.losses[op](labels, predictions, undefined, ...rest(op, reduction)),
    { reduction: REDUCTIONS },
  ],
);

function rest(op: string, reduction: number): unknown[] {
  return op === "huberLoss" ? [0.7, reduction] : [reduction];
}

/** Losses, as functions of the labels and of the predictions. */
export const LOSSES: readonly Operation[] = [
  ...pairs,
  ["losses.meanSquaredError, weighted", [any(2, 3), any(2, 3), positive(2, 1)], (tf, [t, y, w]) => tf.losses.meanSquaredError(t, y, w)], // biome-ignore format: a line
  ["losses.computeWeightedLoss", [any(2, 3), positive(2, 3)], (tf, [x, w], { reduction }) => tf.losses.computeWeightedLoss(x, w, reduction), { reduction: REDUCTIONS }], // biome-ignore format: a line
  ["losses.cosineDistance", [any(2, 3), any(2, 3)], (tf, [t, y], { axis }) => tf.losses.cosineDistance(t, y, axis), { axis: [0, 1] }], // biome-ignore format: a line
  ["losses.hingeLoss", [positive(2, 3), any(2, 3)], (tf, [t, y]) => tf.losses.hingeLoss(t, y)],
  ["losses.logLoss", [positive(2, 3), within(0.2, 0.8, 2, 3)], (tf, [t, y]) => tf.losses.logLoss(t, y)],
  ["losses.sigmoidCrossEntropy", [within(0.2, 0.8, 2, 3), any(2, 3)], (tf, [t, y], { smoothing }) => tf.losses.sigmoidCrossEntropy(t, y, undefined, smoothing), { smoothing: [0, 0.1] }], // biome-ignore format: a line
  ["losses.softmaxCrossEntropy", [LABELS, any(2, 3)], (tf, [t, y], { smoothing }) => tf.losses.softmaxCrossEntropy(t, y, undefined, smoothing), { smoothing: [0, 0.1] }], // biome-ignore format: a line
  ["losses.softmaxCrossEntropy by logits", [any(2, 3)], (tf, [y]) => tf.losses.softmaxCrossEntropy(tf.tensor2d(LABELS.values, [2, 3]), y)], // biome-ignore format: a line
];
