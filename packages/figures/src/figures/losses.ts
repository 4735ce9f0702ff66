import { ArgumentError, movingAverage } from "numgrad";
import { checkChoice, checkInteger, checkNumbers, checkOptions, checkText } from "../arguments.js";
import { stepAxis } from "../axis.js";
import { thin } from "../curve.js";
import { completeFigure, type FigureSpec, PLOT_OPTIONS, type PlotOptions, readPlot } from "../theme.js";

/** Options of `lossFigure`. */
export interface LossFigureOptions extends PlotOptions {
  /** Loss of each step from step 0 on, in nats: `history.losses`. */
  losses: ArrayLike<number>;
  /**
   * Number of steps in the moving average; a hundredth of all steps, but at least 5, if omitted. 1 draws no average.
   */
  window?: number | undefined;
  /** Scale of the losses; `"linear"` if omitted. */
  scale?: "linear" | "log" | undefined;
  /** Name of the vertical axis, with its unit; `"loss of the mini-batch (nats)"` if omitted. */
  yTitle?: string | undefined;
}

const NAMES = [...PLOT_OPTIONS, "losses", "window", "scale", "yTitle"];

/**
 * Draws the loss of each step of a training run, and the moving average. If there are more losses than pixels, only
 * those are drawn that can be seen: the first, the least, the largest and the last loss of each column of pixels. The
 * average is that of all losses.
 *
 * @throws {ArgumentError} if an option is unknown or wrong, or if the scale is logarithmic and a loss is not above 0.
 * @throws {ShapeError} if there are no losses.
 * @throws {NonFiniteError} if a loss is not a finite number.
 * @see Deep Learning from Scratch, section 4.5.2
 * @example
 * ```ts
 * const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 4, outputSize: 2, random: 0 });
 * const samples = { x: matrix([[0, 0], [0, 1], [1, 0], [1, 1]]), t: [0, 1, 1, 1] };
 * const history = await train(net, { train: samples }, { steps: 500, batchSize: 4, random: 1 }).finish();
 * lossFigure({ losses: history.losses, theme: "dark" });
 * ```
 */
export function lossFigure(options: LossFigureOptions): FigureSpec {
  checkOptions(options, NAMES);
  const { losses, scale = "linear", yTitle = "loss of the mini-batch (nats)" } = options;
  checkNumbers("options.losses", losses);
  const { window = defaultWindow(losses.length) } = options;
  checkInteger("options.window", window, 1, 2 ** 26);
  checkScale("options.losses", losses, scale);
  checkText("options.yTitle", yTitle);
  const { palette, width, height } = readPlot(options, 560, 300);

  // If steps are closer than pixels, thick lines would merge into one dark band.
  const thickness = losses.length > width ? 0.7 : 1.2;
  const [each, mean] = ["each step", `mean of ${window} steps`];
  const drawn = points(losses, width, each);
  const average = window === 1 ? [] : points(smoothed(losses, window), width, mean);
  return completeFigure(options, `The loss of ${losses.length} training steps, and its moving average`, {
    width,
    height,
    encoding: {
      x: stepAxis(losses.length),
      y: {
        field: "loss",
        type: "quantitative",
        title: yTitle,
        scale: { type: scale, nice: scale === "linear" },
        axis: { tickCount: 6 },
      },
      order: { field: "step", type: "quantitative" },
      color: {
        field: "series",
        type: "nominal",
        title: null,
        scale: { domain: window === 1 ? [each] : [each, mean], range: [palette.faint, palette.train] },
        legend: window === 1 ? null : { symbolType: "stroke", symbolOpacity: 1 },
      },
    },
    layer: [
      { data: { values: drawn }, mark: { type: "line", strokeWidth: thickness, strokeJoin: "round" } },
      { data: { values: average }, mark: { type: "line", strokeWidth: 2.2, strokeJoin: "round" } },
    ],
  });
}

/**
 * Default number of steps in a moving average: enough to smooth the noise of mini-batches, few enough to show the first
 * descent.
 */
export function defaultWindow(steps: number): number {
  return Math.max(5, Math.round(steps / 100));
}

/**
 * The moving average without its end, where the window would be cut off: the mean of few losses is as noisy as they
 * are, so the line would plunge or jump. A short run, which is hardly longer than the window, keeps all.
 */
export function smoothed(losses: ArrayLike<number>, window: number): Float64Array {
  const average = movingAverage(losses, window);
  return losses.length >= 3 * window ? average.subarray(0, losses.length - Math.floor(window / 2)) : average;
}

/** Checks the name of a scale, and that the values can be drawn on it. */
export function checkScale(argument: string, values: ArrayLike<number>, scale: unknown): void {
  checkChoice("options.scale", scale, ["linear", "log"]);
  for (let i = 0; i < values.length && scale === "log"; i++) {
    if (!(values[i]! > 0))
      throw new ArgumentError(`${argument}[${i}]`, "a positive number for a logarithmic scale", String(values[i]));
  }
}

/** The points that a line of `width` pixels needs. */
export function points(values: ArrayLike<number>, width: number, series: string) {
  return thin(values, Math.ceil(width)).map((step) => ({ series, step, loss: values[step]! }));
}
