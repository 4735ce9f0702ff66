import { numericalGradient } from "numgrad";
import { checkFunction, checkInteger, checkInterval, checkLength, checkOptions, type Interval } from "../arguments.js";
import { axisOver } from "../axis.js";
import { spaceEvenly } from "../contours.js";
import { formatNumber } from "../numbers.js";
import { completeFigure, type FigureSpec, PLOT_OPTIONS, type PlotOptions, readPlot } from "../theme.js";

/** Options of `gradientFieldFigure`. */
export interface GradientFieldFigureOptions extends PlotOptions {
  /** The function of two numbers. */
  f: (x: Float64Array) => number;
  /** Interval of x₀. */
  x0: Interval;
  /** Interval of x₁. */
  x1: Interval;
  /** Number of arrows in each direction, 2 to 100; 13 if omitted. */
  arrows?: number | undefined;
  /** Gradient of the function, 2 numbers; `numericalGradient(f, x)` if omitted. */
  gradient?: ((x: Float64Array) => ArrayLike<number>) | undefined;
}

const NAMES = [...PLOT_OPTIONS, "f", "x0", "x1", "arrows", "gradient"];

/** An arrow of length 1 that begins at the origin and points up. Its round cap makes a very short arrow a dot. */
const ARROW = {
  type: "point",
  shape: "M0,0L0,-1M-0.22,-0.72L0,-1L0.22,-0.72",
  filled: false,
  strokeWidth: 1.4,
  strokeCap: "round",
  strokeJoin: "round",
  opacity: 1,
  aria: false,
} as const;

/**
 * Draws −∇f of a function of two numbers as arrows. An arrow begins at its point and shows the direction in which f
 * falls most steeply. Its length is proportional to |∇f|. A gradient of zero is a dot.
 *
 * If `height` is omitted, both axes have the same scale.
 *
 * @throws {ArgumentError} if an option is unknown or wrong.
 * @throws {FunctionError} if f throws, or if a value of f is not a finite number.
 * @see Deep Learning from Scratch, section 4.4
 * @example
 * ```ts
 * gradientFieldFigure({ f: (x) => x[0]! ** 2 + x[1]! ** 2, x0: [-2, 2], x1: [-2, 2] });
 * ```
 */
export function gradientFieldFigure(options: GradientFieldFigureOptions): FigureSpec {
  checkOptions(options, NAMES);
  const { f, x0, x1, arrows = 13 } = options;
  checkFunction("options.f", f);
  checkInterval("options.x0", x0);
  checkInterval("options.x1", x1);
  checkInteger("options.arrows", arrows, 2, 100);
  const { gradient = (x: Float64Array) => numericalGradient(f, x) } = options;
  checkFunction("options.gradient", gradient);

  const [domain0, domain1] = [widen(x0, arrows), widen(x1, arrows)];
  const { width = 380 } = options;
  const { palette, height } = readPlot(options, 380, (width * (domain1[1] - domain1[0])) / (domain0[1] - domain0[0]));

  const points = spaceEvenly(x1, arrows).flatMap((b) => spaceEvenly(x0, arrows).map((a) => Float64Array.of(a, b)));
  const gradients = points.map((point) => {
    const value = gradient(Float64Array.from(point));
    checkLength(`options.gradient([${point.join(", ")}])`, value, 2);
    return [value[0]!, value[1]!] as const;
  });
  const longest = gradients.reduce((most, [g0, g1]) => Math.max(most, Math.hypot(g0, g1)), 0);
  // The longest arrow is about as long as the distance between two arrows.
  const scale = longest === 0 ? 0 : (0.98 * Math.min(width, height)) / (arrows * longest);
  const [right, up] = [width / (domain0[1] - domain0[0]), height / (domain1[1] - domain1[0])];
  const values = points.map(([a, b], i) => {
    const [g0, g1] = gradients[i]!;
    // Vega draws a symbol of size s at the scale √s / 2, and turns it clockwise. `|| 0` is there because JSON has no
    // −0.
    const size = 4 * (scale * Math.hypot(g0, g1)) ** 2;
    return { a, b, g0, g1, size, angle: (Math.atan2(-g0 * right, -g1 * up) * 180) / Math.PI || 0 };
  });
  const subtitle = options.subtitle ?? `longest arrow: a gradient of length ${formatNumber(longest)}`;
  return completeFigure({ ...options, subtitle }, "The negative gradient of a function of two numbers, as arrows", {
    width,
    height,
    data: { values },
    mark: { ...ARROW, stroke: palette.numerical },
    encoding: {
      x: axisOver("a", "x₀", domain0),
      y: axisOver("b", "x₁", domain1),
      size: { field: "size", type: "quantitative", scale: null },
      angle: { field: "angle", type: "quantitative", scale: null },
      tooltip: Object.entries(TOOLTIP).map(([field, title]) => ({ field, type: "quantitative", title })),
    },
  });
}

/** Fields in the tooltip of an arrow, with their names. */
const TOOLTIP = { a: "x₀", b: "x₁", g0: "∂f/∂x₀", g1: "∂f/∂x₁" };

/** An interval with room for the arrows at its ends. */
function widen([from, to]: Interval, arrows: number): Interval {
  const room = (0.6 * (to - from)) / (arrows - 1);
  return [from - room, to + room];
}
