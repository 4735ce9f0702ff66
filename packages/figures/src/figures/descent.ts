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
import { printed } from "../numbers.js";
import { type FigureSpec, finish, type Palette, PLOT_OPTIONS, type PlotOptions, readPlot } from "../theme.js";

/** A descent to be drawn, which starts inside the picture. What else it holds is left alone: the result of `gradientDescent` can be spread into it. */
export interface DescentPath {
  /** Heading of its panel, for instance `"η = 0.1"`. */
  label: string;
  /** Every point (x₀, x₁), from the start to the end. */
  history: ArrayLike<Vector>;
}

/** Options of `descentFigure`; `width` and `height` are those of one panel. */
export interface DescentFigureOptions extends PlotOptions {
  /** The function of two numbers that was to be minimised. */
  f: (x: Float64Array) => number;
  /** Where x₀ runs in the picture. Paths may leave it. */
  x0: Interval;
  /** Where x₁ runs in the picture. */
  x1: Interval;
  /** The paths, a panel for each. */
  paths: readonly DescentPath[];
  /** Number of contours; default 9. */
  contours?: number | undefined;
}

const NAMES = [...PLOT_OPTIONS, "f", "x0", "x1", "paths", "contours"];

/** Values of f in each direction, from which the contours are interpolated. */
const GRID = 61;

/**
 * The ways of gradient descents over the contours of their function, a panel for each: a ring at the start, a dot at the
 * end, small dots for the steps between. Below its label a panel says where the descent ended. Contours are evenly
 * spaced in √(f − min f).
 *
 * Unless `height` is given, both axes have the same scale.
 *
 * @throws {ArgumentError} if an option is unknown or wrong, or a path starts outside.
 * @throws {ShapeError} if there is no path, or a point of one has not two elements.
 * @throws {NonFiniteError} if a point of a path is not finite.
 * @throws {FunctionError} if f is no finite number somewhere in the picture.
 * @see Deep Learning from Scratch, section 4.4.1
 * @example
 * ```ts
 * const f = (x: ArrayLike<number>) => x[0] ** 2 + x[1] ** 2;
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
    visible(history, frame).map((point, i, all) => {
      const role = i === 0 ? "start" : i === all.length - 1 ? "end" : "step";
      // resvg does not survive a clipped mark that lies beyond the picture's edge.
      return { panel, i, a: point[0], b: point[1], role: inside(point) ? role : "outside" };
    }),
  );
  const headings = paths.map(({ label }, i) => [label, ending(histories[i]!)]);
  return finish(options, `Gradient descent over contours: ${paths.map(({ label }) => label).join("; ")}`, {
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

/** Contours, and on them one path: a line, its steps, its end and its start. */
function panel({ x0, x1, width, height }: Frame, contours: ContourRow[], { series, faint }: Palette) {
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
      color: series[1]!,
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
      { mark: { ...line, strokeWidth: 1.5, stroke: series[1]!, clip: true }, encoding: { order } },
      dots("step", true, 16),
      dots("end", true, 45),
      // A ring: where nothing moves, the end lies inside of it.
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

/** Where a descent ended, and after how many steps. */
function ending(history: readonly Point[]): string {
  const [a, b] = history.at(-1)!;
  return `step ${history.length - 1}: (${printed(a, 2)}, ${printed(b, 2)})`;
}

/**
 * What can be seen of a path: without points less than half a pixel from the one drawn before, and no further than the
 * first point beyond the frame. That one is drawn at most ten frames away, in its direction: renderers do not count
 * in thousands of kilometres.
 */
function visible(history: readonly Point[], { x0, x1, width, height }: Frame): Point[] {
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
    const shrunk = Math.min(1, (10 * (width + height)) / distance);
    const last = step === history.length - 1;
    if (distance >= 0.5 || last) shown.push([before[0] + shrunk * da, before[1] + shrunk * db]);
    if (shrunk < 1) break;
  }
  return shown;
}

/** A point of a contour. */
interface ContourRow {
  readonly level: number;
  /** Number of the line that it is a point of, and its own on that line. */
  readonly line: number;
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
