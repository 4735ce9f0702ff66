import { type Matrix, ShapeError } from "numgrad";
import { checkInteger, checkNumbers, checkOptions, isList } from "../arguments.js";
import { pngDataUrl } from "../png.js";
import { completeFigure, FIGURE_OPTIONS, type FigureOptions, type FigureSpec, readPlot } from "../theme.js";
import { imageLayer, placeInGrid } from "./sheet.js";

/** Options of `weightsFigure`. */
export interface WeightsFigureOptions extends FigureOptions {
  /** Weights of shape [rows × cols, units], as a Matrix or as a flat row-major array: `net.params.w1`. */
  weights: Matrix | ArrayLike<number>;
  /** Height of the input images in pixels. */
  rows: number;
  /** Width of the input images in pixels. */
  cols: number;
  /** Number of units in a row; 10 if omitted. */
  columns?: number | undefined;
}

const NAMES = [...FIGURE_OPTIONS, "weights", "rows", "cols", "columns"];

/** Approximate size of the image of a unit in pixels. */
const SIDE = 56;

/** Number of shades on each side of zero. More could not be told apart, and would double the size of the files. */
const SHADES = 31;

/**
 * Draws the incoming weights of each hidden unit as an image, with one colour below zero and another above. All units
 * share one scale, which is symmetrical about zero.
 *
 * @throws {ArgumentError} if an option is unknown or wrong.
 * @throws {ShapeError} if there are not rows × cols weights for each unit.
 * @throws {NonFiniteError} if a weight is not a finite number.
 * @example
 * ```ts
 * const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, random: 0 });
 * weightsFigure({ weights: net.params.w1, rows: 28, cols: 28 });
 * ```
 */
export function weightsFigure(options: WeightsFigureOptions): FigureSpec {
  checkOptions(options, NAMES);
  const { rows, cols, columns = 10 } = options;
  checkInteger("options.rows", rows, 1, Number.MAX_SAFE_INTEGER);
  checkInteger("options.cols", cols, 1, Number.MAX_SAFE_INTEGER);
  checkInteger("options.columns", columns, 1, 1000);
  const weights = readWeights(options.weights, rows * cols);
  const { palette } = readPlot(options, 1, 1);

  const units = weights.length / (rows * cols);
  const largest = Array.from(weights).reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) || 1;
  const shades = makeShades(palette.diverging);
  const factor = Math.max(1, Math.round(SIDE / Math.max(rows, cols)));
  const grid = placeInGrid(units, columns, { width: cols * factor + 6, height: rows * factor, gap: 6 });
  const values = grid.cells.map((cell, unit) => {
    const pixels = Uint8Array.from({ length: rows * cols }, (_, pixel) =>
      Math.round(SHADES + (SHADES * weights[pixel * units + unit]!) / largest),
    );
    return { ...cell, unit, image: pngDataUrl(pixels, cols, rows, shades) };
  });
  return completeFigure(options, `The weights of ${units} hidden units as images`, {
    width: grid.width,
    height: grid.height,
    data: { values },
    encoding: { ...grid.encoding, tooltip: { field: "unit", type: "quantitative" } },
    layer: [
      imageLayer(cols * factor, rows * factor),
      {
        // This layer is invisible. It is there for its legend, which an image does not have.
        data: { values: [{ weight: -largest }, { weight: largest }] },
        mark: { type: "point", opacity: 0, aria: false },
        encoding: {
          x: { value: 0 },
          y: { value: 0 },
          color: {
            field: "weight",
            type: "quantitative",
            title: "weight",
            scale: { domain: [-largest, 0, largest], range: [...palette.diverging], interpolate: "rgb" },
            legend: { orient: "right", gradientOpacity: 1, gradientLength: Math.min(grid.height, 220), tickCount: 5 },
          },
        },
      },
    ],
  });
}

function readWeights(weights: unknown, inputs: number): ArrayLike<number> {
  const flat = isList(weights) ? weights : (weights as Matrix | undefined)?.data;
  checkNumbers("options.weights", flat);
  if (flat.length % inputs !== 0) {
    throw new ShapeError("options.weights", `a multiple of rows × cols = ${inputs} weights`, `${flat.length}`);
  }
  const shape = isList(weights) ? undefined : (weights as Matrix).shape;
  if (shape !== undefined && (shape[0] !== inputs || shape[0] * shape[1] !== flat.length)) {
    throw new ShapeError("options.weights.shape", `[${inputs}, ${flat.length / inputs}]`, `[${shape.join(", ")}]`);
  }
  return flat;
}

/** Colours from the low end over the middle to the high end. */
function makeShades([low, middle, high]: readonly [string, string, string]): string[] {
  return Array.from({ length: 2 * SHADES + 1 }, (_, i) => {
    const position = i / SHADES - 1;
    return mix(middle, position < 0 ? low : high, Math.abs(position));
  });
}

function mix(from: string, to: string, share: number): string {
  const channels = [1, 3, 5].map((start) => {
    const [a, b] = [from, to].map((colour) => Number.parseInt(colour.slice(start, start + 2), 16)) as [number, number];
    return Math.round(a + share * (b - a))
      .toString(16)
      .padStart(2, "0");
  });
  return `#${channels.join("")}`;
}
