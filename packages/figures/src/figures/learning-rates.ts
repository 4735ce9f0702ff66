import { checkInteger, checkNumbers, checkObjects, checkOptions, checkPositive, checkText } from "../arguments.js";
import { stepAxis } from "../axis.js";
import { completeFigure, type FigureSpec, PLOT_OPTIONS, type PlotOptions, readPlot } from "../theme.js";
import { checkScale, defaultWindow, points, smoothed } from "./losses.js";

/** A run of the comparison. Other fields are ignored, so a `History` can be spread into it. */
export interface LearningRateRun {
  /** The learning rate η. */
  learningRate: number;
  /** Loss of each step, in nats: `history.losses`. */
  losses: ArrayLike<number>;
  /** State of the run at its end. If it is `"diverged"`, a cross marks the end of the line. */
  status?: string | undefined;
}

/** Options of `learningRatesFigure`. */
export interface LearningRatesFigureOptions extends PlotOptions {
  /** The runs, in the order of the legend. */
  runs: readonly LearningRateRun[];
  /**
   * Number of steps in the moving average; a hundredth of all steps, but at least 5, if omitted. 1 draws the losses
   * themselves.
   */
  window?: number | undefined;
  /** Scale of the losses; `"log"` if omitted, because the losses of a good and a bad rate differ by powers of ten. */
  scale?: "linear" | "log" | undefined;
  /** Name of the vertical axis, with its unit; `"loss (nats)"`, with the steps of the average, if omitted. */
  yTitle?: string | undefined;
}

const NAMES = [...PLOT_OPTIONS, "runs", "window", "scale", "yTitle"];

/**
 * Draws how the loss falls with each of several learning rates: one line of moving averages for each rate.
 *
 * @throws {ArgumentError} if an option is unknown or wrong, or if the scale is logarithmic and a loss is not above 0.
 * @throws {ShapeError} if there are no runs, or if a run has no losses.
 * @throws {NonFiniteError} if a loss is not a finite number.
 * @example
 * ```ts
 * const samples = { x: matrix([[0, 0], [0, 1], [1, 0], [1, 1]]), t: [0, 1, 1, 1] };
 * const runs = [0.1, 1].map(async (learningRate) => {
 *   const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 4, outputSize: 2, random: 0 });
 *   const options = { optimizer: new SGD({ learningRate }), steps: 100, batchSize: 4, random: 1 };
 *   return { learningRate, ...(await train(net, { train: samples }, options).finish()) };
 * });
 * learningRatesFigure({ runs: await Promise.all(runs) });
 * ```
 */
export function learningRatesFigure(options: LearningRatesFigureOptions): FigureSpec {
  checkOptions(options, NAMES);
  const { runs, scale = "log" } = options;
  checkObjects("options.runs", runs);
  runs.forEach(({ learningRate, losses }, i) => {
    checkPositive(`options.runs[${i}].learningRate`, learningRate);
    checkNumbers(`options.runs[${i}].losses`, losses);
    checkScale(`options.runs[${i}].losses`, losses, scale);
  });
  const steps = Math.max(...runs.map(({ losses }) => losses.length));
  const { window = defaultWindow(steps) } = options;
  checkInteger("options.window", window, 1, 2 ** 26);
  const { yTitle = window === 1 ? "loss (nats)" : `loss, mean of ${window} steps (nats)` } = options;
  checkText("options.yTitle", yTitle);
  const { palette, width, height } = readPlot(options, 560, 320);

  const names = runs.map(({ learningRate }) => String(learningRate));
  const lines = runs.map(({ losses }, i) =>
    points(smoothed(losses, window), width, names[i]!).map((point) => ({ ...point, run: i })),
  );
  const ends = lines.flatMap((line, i) => (runs[i]?.status === "diverged" ? line.slice(-1) : []));
  return completeFigure(options, `The loss with the learning rates ${runs.map((run) => run.learningRate).join(", ")}`, {
    width,
    height,
    encoding: {
      x: stepAxis(steps),
      y: {
        field: "loss",
        type: "quantitative",
        title: yTitle,
        scale: { type: scale, nice: false },
        axis: scale === "log" ? { format: "~g", tickCount: 6 } : {},
      },
      color: {
        field: "series",
        type: "nominal",
        title: "learning rate",
        scale: { domain: [...new Set(names)], range: [...palette.runs] },
        legend: { symbolType: "stroke", symbolStrokeWidth: 2.5, titleOrient: "left", titlePadding: 12 },
      },
    },
    layer: [
      {
        data: { values: lines.flat() },
        mark: { type: "line", strokeWidth: 1.8, strokeJoin: "round" },
        // The detail keeps runs with the same rate apart.
        encoding: { order: { field: "step", type: "quantitative" }, detail: { field: "run", type: "nominal" } },
      },
      { data: { values: ends }, mark: { type: "point", shape: CROSS, size: 90, strokeWidth: 2.5, opacity: 1 } },
    ],
  });
}

/** Shape of the mark at the end of a run that diverged. */
const CROSS = "M-0.8,-0.8L0.8,0.8M-0.8,0.8L0.8,-0.8";
