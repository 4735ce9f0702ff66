import { ArgumentError, numericalDiff } from "numgrad";
import {
  checkFunction,
  checkInterval,
  checkNumbers,
  checkOptions,
  checkPositive,
  checkText,
  type Interval,
  valueAt,
} from "../arguments.js";
import { axisOver } from "../axis.js";
import { spaceEvenly } from "../contours.js";
import { formatNumber } from "../numbers.js";
import { completeFigure, type FigureSpec, PLOT_OPTIONS, type PlotOptions, readPlot } from "../theme.js";

/** Options of `functionFigure`. */
export interface FunctionFigureOptions extends PlotOptions {
  /** The function of one number. */
  f: (x: number) => number;
  /** Interval of x in which the function is drawn. */
  domain: Interval;
  /** Values of x at which a tangent is drawn; none if omitted. */
  tangents?: ArrayLike<number> | undefined;
  /** Derivative of the function, for the tangents; the central difference `numericalDiff(f, x)` if omitted. */
  slope?: ((x: number) => number) | undefined;
  /**
   * Difference step h: at each tangent the points x ± h, and the secant through them, whose slope is the central
   * difference; none if omitted.
   */
  h?: number | undefined;
  /** Name of the curve, for the vertical axis; `"f(x)"` if omitted. */
  name?: string | undefined;
  /** Name of the horizontal axis, with its unit; `"x"` if omitted. */
  xTitle?: string | undefined;
}

const NAMES = [...PLOT_OPTIONS, "f", "domain", "tangents", "slope", "h", "name", "xTitle"];

/** Number of points of the curve: more than one for every second pixel of the default width. */
const POINTS = 301;

/**
 * Draws a function of one number, and tangents to it.
 *
 * @throws {ArgumentError} if an option is unknown or wrong.
 * @throws {FunctionError} if f or its slope throws, or gives a value that is not a finite number.
 * @see Deep Learning from Scratch, section 4.3.2
 * @example
 * ```ts
 * functionFigure({ f: (x) => 0.01 * x ** 2 + 0.1 * x, domain: [0, 20], tangents: [5, 10] });
 * ```
 */
export function functionFigure(options: FunctionFigureOptions): FigureSpec {
  checkOptions(options, NAMES);
  const { f, domain, tangents = [], name = "f(x)", xTitle = "x" } = options;
  checkFunction("options.f", f);
  checkInterval("options.domain", domain);
  checkNumbers("options.tangents", tangents, 0);
  const outside = Array.from(tangents).findIndex((x) => x < domain[0] || x > domain[1]);
  if (outside >= 0) {
    const [from, to] = domain;
    throw new ArgumentError(
      `options.tangents[${outside}]`,
      `a number from ${from} to ${to}`,
      String(tangents[outside]),
    );
  }
  const { h } = options;
  if (h !== undefined) checkPositive("options.h", h);
  const { slope = (x: number) => numericalDiff(f, x) } = options;
  checkFunction("options.slope", slope);
  checkText("options.name", name);
  checkText("options.xTitle", xTitle);
  const { palette, width, height } = readPlot(options, 480, 300);

  const curve = spaceEvenly(domain, POINTS).map((x) => ({ series: name, x, y: valueAt(f, x) }));
  const lines = Array.from(tangents, (x) => tangentAt(x, valueAt(f, x), valueAt(slope, x), domain));
  const secants = h === undefined ? [] : Array.from(tangents, (x) => secantAt(f, x, h, domain));
  const names = [...new Set(lines.map(({ series }) => series))];
  const color = {
    field: "series",
    type: "nominal",
    title: null,
    scale: { domain: [name, ...names], range: [palette.text, ...palette.runs.slice(1)] },
    // The legend lists only tangents, because the vertical axis names the curve.
    legend: names.length > 0 ? { symbolType: "stroke", columns: 2, values: names } : null,
  } as const;
  return completeFigure(options, `The function ${name}${lines.length > 0 ? " and its tangents" : ""}`, {
    width,
    height,
    encoding: {
      x: axisOver("x", xTitle, domain),
      y: { ...axisOver("y", name, withRoom(curve.map(({ y }) => y))), axis: { tickCount: 6 } },
      color,
    },
    layer: [
      { data: { values: curve }, mark: { type: "line", strokeWidth: 2.2, clip: true } },
      {
        data: { values: lines.flatMap(({ series, ends }) => ends.map((end) => ({ series, ...end }))) },
        mark: { type: "line", strokeWidth: 1.6, clip: true },
      },
      {
        data: { values: secants.flatMap(({ x, ends }) => ends.map((end) => ({ secant: x, ...end }))) },
        mark: { type: "line", stroke: palette.numerical, strokeWidth: 1.6, strokeDash: [6, 4], clip: true },
        encoding: { color: { value: palette.numerical }, detail: { field: "secant", type: "nominal" } },
      },
      {
        data: { values: secants.flatMap(({ points }) => points) },
        mark: { type: "point", filled: true, size: 46, opacity: 1 },
        encoding: { color: { value: palette.numerical } },
      },
      {
        data: { values: secants.flatMap(({ points }) => points) },
        mark: { type: "text", dy: 16, fontSize: 11 },
        encoding: { text: { field: "label", type: "nominal" }, color: { value: palette.numerical } },
      },
      {
        data: { values: lines.map(({ series, x, y }) => ({ series, x, y })) },
        mark: { type: "point", filled: true, size: 60, opacity: 1, stroke: palette.background, strokeWidth: 1.5 },
      },
    ],
  });
}

/** Name of a tangent, the point at which it touches the curve, and its ends. */
function tangentAt(x: number, y: number, slope: number, domain: Interval) {
  return {
    series: `tangent at x = ${formatNumber(x)}, slope ${formatNumber(slope)}`,
    ends: domain.map((end) => ({ x: end, y: y + slope * (end - x) })),
    x,
    y,
  };
}

/** The points x ± h of the curve within the picture, and the ends of the secant through them. */
function secantAt(f: (x: number) => number, x: number, h: number, domain: Interval) {
  const [below, above] = [valueAt(f, x - h), valueAt(f, x + h)];
  const slope = (above - below) / (2 * h);
  const points = [
    { x: x - h, y: below, label: "x − h" },
    { x: x + h, y: above, label: "x + h" },
  ].filter((point) => point.x >= domain[0] && point.x <= domain[1]);
  return { x, points, ends: domain.map((end) => ({ x: end, y: below + slope * (end - x + h) })) };
}

/** The interval from the least to the largest value, with some room at both ends. */
function withRoom(values: readonly number[]): [number, number] {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const room = low === high ? 1 : 0.06 * (high - low);
  return [low - room, high + room];
}
