import type { Evaluation } from "numgrad";
import { ArgumentError } from "numgrad";
import { checkObjects, checkOptions, describe } from "../arguments.js";
import { formatPercent } from "../numbers.js";
import { completeFigure, type FigureSpec, PLOT_OPTIONS, type PlotOptions, readPlot } from "../theme.js";

/** Options of `accuracyFigure`. */
export interface AccuracyFigureOptions extends PlotOptions {
  /** Accuracies (fractions from 0 to 1) in the order of their steps: `history.evaluations`. */
  evaluations: readonly Evaluation[];
}

const NAMES = [...PLOT_OPTIONS, "evaluations"];

/**
 * Draws the accuracy on the training data and on the test data over epochs, or over steps if an epoch has more than one
 * evaluation. The legend shows the last values. The vertical axis begins where the lines are after the first eighth of
 * the run, so that they can be told apart.
 *
 * @throws {ArgumentError} if an option is unknown or wrong, or if an accuracy is not from 0 to 1.
 * @throws {ShapeError} if there are no evaluations.
 * @see Deep Learning from Scratch, section 4.5.3
 * @example
 * ```ts
 * const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 4, outputSize: 2, random: 0 });
 * const samples = { x: matrix([[0, 0], [0, 1], [1, 0], [1, 1]]), t: [0, 1, 1, 1] };
 * const history = await train(net, { train: samples }, { epochs: 10, batchSize: 4, random: 1 }).finish();
 * accuracyFigure({ evaluations: history.evaluations });
 * ```
 */
export function accuracyFigure(options: AccuracyFigureOptions): FigureSpec {
  checkOptions(options, NAMES);
  const { evaluations } = options;
  checkObjects("options.evaluations", evaluations);
  evaluations.forEach(checkEvaluation);
  const { palette, width, height } = readPlot(options, 480, 300);

  const last = (key: "trainAccuracy" | "testAccuracy") =>
    evaluations.reduce<number | undefined>((value, evaluation) => evaluation[key] ?? value, undefined);
  const byEpoch = evaluations.every(({ epoch }, i) => i === 0 || epoch > evaluations[i - 1]!.epoch);
  const series = (["trainAccuracy", "testAccuracy"] as const).flatMap((key) => {
    const value = last(key);
    if (value === undefined) return [];
    return [
      {
        key,
        color: key === "trainAccuracy" ? palette.train : palette.test,
        name: `${key === "trainAccuracy" ? "training" : "test"} data (${formatPercent(value, 1)} at the end)`,
      },
    ];
  });
  const values = series.flatMap(({ key, name }) =>
    evaluations.flatMap((evaluation) => {
      const accuracy = evaluation[key];
      return accuracy === undefined
        ? []
        : [{ series: name, at: byEpoch ? evaluation.epoch : evaluation.step, accuracy }];
    }),
  );
  const lowest = lowestShown(values);
  const names = series.map(({ name }) => name);
  return completeFigure(options, "Accuracy on the training data and on the test data", {
    width,
    height,
    data: { values },
    encoding: {
      x: {
        field: "at",
        type: "quantitative",
        title: byEpoch ? "epoch (passes over the training data)" : "step",
        axis: { format: ",d", tickMinStep: 1 },
        scale: { nice: false },
      },
      y: {
        field: "accuracy",
        type: "quantitative",
        title: "accuracy (share of the images)",
        scale: { domain: [lowest, 1], nice: false },
        axis: { format: ".0%", tickCount: 6 },
      },
      color: {
        field: "series",
        type: "nominal",
        title: null,
        scale: { domain: names, range: series.map(({ color }) => color) },
        legend: { symbolType: "stroke" },
      },
      strokeDash: {
        field: "series",
        type: "nominal",
        scale: {
          domain: names,
          range: [
            [1, 0],
            [6, 4],
          ],
        },
        legend: { symbolType: "stroke" },
      },
    },
    layer: [
      { mark: { type: "line", strokeWidth: 2, clip: true } },
      {
        transform: [{ filter: `datum.accuracy >= ${lowest}` }],
        mark: { type: "point", filled: true, size: 28, opacity: 1 },
        encoding: { strokeDash: { value: [1, 0] } },
      },
    ],
  });
}

/**
 * The lowest accuracy in the picture: a round number below all accuracies but those of the first eighth of the run. A
 * network that guesses is right in 10 %, and with that in the picture both lines would be one at its upper edge.
 */
function lowestShown(values: readonly { readonly at: number; readonly accuracy: number }[]): number {
  const last = Math.max(...values.map(({ at }) => at));
  const first = Math.min(...values.map(({ at }) => at));
  const later = values.filter(({ at }) => at > first + (last - first) / 8);
  const lowest = Math.min(...(later.length > 0 ? later : values).map(({ accuracy }) => accuracy));
  const step = lowest > 0.8 ? 0.05 : 0.1;
  return Math.max(0, Number((Math.floor((lowest - 0.01) / step) * step).toFixed(2)));
}

function checkEvaluation({ step, epoch, trainAccuracy, testAccuracy }: Evaluation, i: number): void {
  const accuracies = testAccuracy === undefined ? { trainAccuracy } : { trainAccuracy, testAccuracy };
  for (const [name, value] of Object.entries({ step, epoch, ...accuracies })) {
    const argument = `options.evaluations[${i}].${name}`;
    if (typeof value !== "number") throw new ArgumentError(argument, "a number", describe(value));
    if (!Number.isFinite(value)) throw new ArgumentError(argument, "a finite number", String(value));
  }
  for (const [name, value] of Object.entries(accuracies)) {
    if (value < 0 || value > 1)
      throw new ArgumentError(`options.evaluations[${i}].${name}`, "a fraction from 0 to 1", String(value));
  }
}
