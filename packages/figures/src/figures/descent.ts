import { ArgumentError, ShapeError, type Vector } from "numgrad";
import {
  checkFunction,
  checkInteger,
  checkInterval,
  checkLength,
  checkObjects,
  checkOptions,
  describe,
  type Interval,
  isList,
} from "../arguments.js";
import { axisOver } from "../axis.js";
import { contourLevels, contourLines, type Point, sample } from "../contours.js";
import { formatNumber } from "../numbers.js";
import { completeFigure, type FigureSpec, type Palette, PLOT_OPTIONS, type PlotOptions, readPlot } from "../theme.js";

/**
 * A descent to be drawn. It must start inside the picture. Other fields are ignored, so the result of `gradientDescent`
 * can be spread into it.
 */
export interface DescentPath {
  /** Heading of the panel, for instance `"η = 0.1"`. */
  label: string;
  /** All points (x₀, x₁) from the start to the end. */
  history: ArrayLike<Vector>;
}

/** Options of `descentFigure`. `width` and `height` are those of one panel. */
export interface DescentFigureOptions extends PlotOptions {
  /** The function of two numbers that is minimised. */
  f: (x: Float64Array) => number;
  /** Interval of x₀ in the picture. Paths may leave it. */
  x0: Interval;
  /** Interval of x₁ in the picture. */
  x1: Interval;
  /** The paths, a panel for each. */
  paths: readonly DescentPath[];
  /** Number of contours, 0 to 100; 9 if omitted. */
  contours?: number | undefined;
}

const NAMES = [...PLOT_OPTIONS, "f", "x0", "x1", "paths", "contours"];

/** Number of values of f in each direction. The contours are interpolated from them. */
const GRID = 61;

/**
 * Draws the paths of gradient descents over the contours of their function, a panel for each path. A ring marks the
 * start, a dot the end, and small dots the steps between. Below its label a panel shows where the descent ended. The
 * contours are evenly spaced in √(f − min f).
 *
 * If `height` is omitted, both axes have the same scale.
 *
 * @throws {ArgumentError} if an option is unknown or wrong, or if a path starts outside of the picture.
 * @throws {ShapeError} if there is no path, or if a point does not have two elements.
 * @throws {NonFiniteError} if a point of a path is not finite.
 * @throws {FunctionError} if f throws, or if a value of f in the picture is not a finite number.
 * @see Deep Learning from Scratch, section 4.4.1
 * @example
 * ```ts
 * const f = (x: ArrayLike<number>) => x[0]! ** 2 + x[1]! ** 2;
 * const paths = [0.1, 0.9].map((learningRate) => ({
 *   label: `η = ${learningRate}`,
 *   ...gradientDescent(f, [-3, 4], { learningRate }),
 * }));
 * descentFigure({ f, x0: [-5, 5], x1: [-5, 5], paths });
 * ```
 */
export function descentFigure(options: DescentFigureOptions): FigureSpec {
  checkOptions(options, NAMES);
  const { f, x0, x1, paths, contours = 9 } = options;
  checkFunction("options.f", f);
  checkInterval("options.x0", x0);
  checkInterval("options.x1", x1);
  checkInteger("options.contours", contours, 0, 100);
  checkObjects("options.paths", paths);
  const histories = paths.map(readPath);
  const inside = ([a, b]: Point) => a >= x0[0] && a <= x0[1] && b >= x1[0] && b <= x1[1];
  histories.forEach(([start], i) => {
    if (start && !inside(start))
      throw new ArgumentError(`options.paths[${i}].history[0]`, "a point of the picture", `(${start.join(", ")})`);
  });
  const { width = 230 } = options;
  const { palette, height } = readPlot(options, 230, (width * (x1[1] - x1[0])) / (x0[1] - x0[0]));

  const frame: Frame = { x0, x1, width, height };
  const steps = histories.flatMap((history, panel) =>
    selectVisible(history, frame).map((point, i, all) => {
      const role = i === 0 ? "start" : i === all.length - 1 ? "end" : "step";
      // resvg crashes on a clipped mark outside of the picture, so such points are not drawn as dots.
      return { panel, i, a: point[0], b: point[1], role: inside(point) ? role : "outside" };
    }),
  );
  const headings = paths.map(({ label }, i) => [label, describeEnd(histories[i]!, [x0, x1])]);
  return completeFigure(options, `Gradient descent over contours: ${paths.map(({ label }) => label).join("; ")}`, {
    data: { values: steps },
    facet: {
      column: {
        field: "panel",
        type: "ordinal",
        title: null,
        header: {
          labelExpr: `${JSON.stringify(headings)}[datum.value]`,
          labelAnchor: "middle",
          labelPadding: 8,
          labelLineHeight: 17,
        },
      },
    },
    spacing: 26,
    spec: panel(frame, contourRows(f, x0, x1, contours), palette),
  });
}

/** One panel: the contours, and on them the line of the path, its steps, its end and its start. */
function panel({ x0, x1, width, height }: Frame, contours: ContourRow[], { accent, faint }: Palette) {
  const axis = (field: string, title: string, domain: Interval) => ({
    ...axisOver(field, title, domain),
    axis: { grid: false, domain: false, tickCount: 5 },
  });
  const order = { field: "i", type: "quantitative" as const };
  const line = { type: "line" as const, strokeJoin: "round" as const, aria: false };
  const dots = (role: string, filled: boolean, size: number) => ({
    transform: [{ filter: `datum.role === '${role}'` }],
    mark: {
      type: "point" as const,
      color: accent,
      filled,
      size,
      strokeWidth: 2,
      opacity: 1,
      clip: true,
      aria: false,
    },
  });
  return {
    width,
    height,
    view: { stroke: faint },
    encoding: { x: axis("a", "x₀", x0), y: axis("b", "x₁", x1) },
    layer: [
      {
        data: { values: contours },
        mark: { ...line, strokeWidth: 1, stroke: faint },
        encoding: { detail: { field: "line", type: "nominal" as const }, order },
      },
      { mark: { ...line, strokeWidth: 1.5, stroke: accent, clip: true }, encoding: { order } },
      dots("step", true, 16),
      dots("end", true, 45),
      // The start is a ring, because the end lies inside of it if nothing moves.
      dots("start", false, 110),
    ],
  };
}

interface Frame {
  readonly x0: Interval;
  readonly x1: Interval;
  readonly width: number;
  readonly height: number;
}

function readPath({ label, history }: DescentPath, i: number): Point[] {
  if (typeof label !== "string") throw new ArgumentError(`options.paths[${i}].label`, "a string", describe(label));
  const argument = `options.paths[${i}].history`;
  if (!isList(history)) throw new ArgumentError(argument, "an array of points", describe(history));
  if (history.length === 0) throw new ShapeError(argument, "at least one point", "none");
  return Array.from(history as ArrayLike<Vector>, (point, step) => {
    checkLength(`${argument}[${step}]`, point, 2);
    return [point[0]!, point[1]!] as const;
  });
}

/**
 * The end of a descent in words: its last step and its last point. A coordinate that is smaller than a ten-thousandth
 * of the picture is 0 there: its digits are rounding errors.
 */
function describeEnd(history: readonly Point[], domains: readonly [Interval, Interval]): string {
  const [a, b] = history.at(-1)!.map((value, i) => {
    const [from, to] = domains[i]!;
    return formatNumber(Math.abs(value) < 1e-4 * (to - from) ? 0 : value, 3);
  });
  return `step ${history.length - 1}: (${a}, ${b})`;
}

/**
 * Selects the points of a path that are drawn. A point less than half a pixel from the one before is left out. A step
 * longer than ten frames is cut to that length, because renderers fail on huge coordinates, and the path ends there.
 */
function selectVisible(history: readonly Point[], { x0, x1, width, height }: Frame): Point[] {
  const [right, up] = [width / (x0[1] - x0[0]), height / (x1[1] - x1[0])];
  const shown: Point[] = [];
  for (const [step, point] of history.entries()) {
    const before = shown.at(-1);
    if (before === undefined) {
      shown.push(point);
      continue;
    }
    const [da, db] = [point[0] - before[0], point[1] - before[1]];
    const distance = Math.hypot(da * right, db * up);
    const shrink = Math.min(1, (10 * (width + height)) / distance);
    const last = step === history.length - 1;
    if (distance >= 0.5 || last) shown.push([before[0] + shrink * da, before[1] + shrink * db]);
    if (shrink < 1) break;
  }
  return shown;
}

/** A point of a contour. */
interface ContourRow {
  readonly level: number;
  /** Number of the line to which the point belongs. */
  readonly line: number;
  /** Number of the point on its line. */
  readonly i: number;
  readonly a: number;
  readonly b: number;
}

function contourRows(f: (x: Float64Array) => number, x0: Interval, x1: Interval, count: number): ContourRow[] {
  const grid = sample(f, x0, x1, GRID);
  const lines = contourLevels(grid, count).flatMap((level) =>
    contourLines(grid, level).map((line) => ({ level, line })),
  );
  return lines.flatMap(({ level, line }, number) => line.map(([a, b], i) => ({ level, line: number, i, a, b })));
}
