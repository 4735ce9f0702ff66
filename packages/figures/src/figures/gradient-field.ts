import { numericalGradient } from "numgrad";
import { checkFunction, checkInteger, checkInterval, checkLength, checkOptions, type Interval } from "../arguments.js";
import { axisOver } from "../axis.js";
import { evenly } from "../contours.js";
import { printed } from "../numbers.js";
import { type FigureSpec, finish, PLOT_OPTIONS, type PlotOptions, readPlot } from "../theme.js";

/** Options of `gradientFieldFigure`. */
export interface GradientFieldFigureOptions extends PlotOptions {
  /** A function of two numbers. */
  f: (x: Float64Array) => number;
  /** Where x₀ runs. */
  x0: Interval;
  /** Where x₁ runs. */
  x1: Interval;
  /** Arrows in each direction; default 13. */
  arrows?: number | undefined;
  /** Its gradient; `numericalGradient(f, x)` if omitted. */
  gradient?: ((x: Float64Array) => ArrayLike<number>) | undefined;
}

const NAMES = [...PLOT_OPTIONS, "f", "x0", "x1", "arrows", "gradient"];

/** An arrow that begins at the origin and points up, one long. Of a short one the round cap leaves a dot. */
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
 * −∇f of a function of two numbers as arrows: each begins where it was computed and points to where f falls most steeply;
 * lengths are proportional to |∇f|. Where the gradient is zero, a dot remains.
 *
 * Unless `height` is given, both axes have the same scale.
 *
 * @throws {ArgumentError} if an option is unknown or wrong.
 * @throws {FunctionError} if f is no finite number somewhere.
 * @see Deep Learning from Scratch, section 4.4
 * @example
 * ```ts
 * gradientFieldFigure({ f: (x) => x[0] ** 2 + x[1] ** 2, x0: [-2, 2], x1: [-2, 2] });
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

  const points = evenly(x1, arrows).flatMap((b) => evenly(x0, arrows).map((a) => Float64Array.of(a, b)));
  const gradients = points.map((point) => {
    const value = gradient(Float64Array.from(point));
    checkLength(`options.gradient([${point.join(", ")}])`, value, 2);
    return [value[0]!, value[1]!] as const;
  });
  const longest = gradients.reduce((most, [g0, g1]) => Math.max(most, Math.hypot(g0, g1)), 0);
  // The longest arrow is as long as the arrows are apart.
  const scale = longest === 0 ? 0 : (0.98 * Math.min(width, height)) / (arrows * longest);
  const [right, up] = [width / (domain0[1] - domain0[0]), height / (domain1[1] - domain1[0])];
  const values = points.map(([a, b], i) => {
    const [g0, g1] = gradients[i]!;
    // Vega draws a symbol of size s at the scale √s / 2, and turns it clockwise. (−0 is no number of JSON.)
    const size = 4 * (scale * Math.hypot(g0, g1)) ** 2;
    return { a, b, g0, g1, size, angle: (Math.atan2(-g0 * right, -g1 * up) * 180) / Math.PI || 0 };
  });
  const subtitle = options.subtitle ?? `longest arrow: a gradient of length ${printed(longest)}`;
  return finish({ ...options, subtitle }, "The negative gradient of a function of two numbers, as arrows", {
    width,
    height,
    data: { values },
    mark: { ...ARROW, stroke: palette.series[0]! },
    encoding: {
      x: axisOver("a", "x₀", domain0),
      y: axisOver("b", "x₁", domain1),
      size: { field: "size", type: "quantitative", scale: null },
      angle: { field: "angle", type: "quantitative", scale: null },
      tooltip: Object.entries(TOOLTIP).map(([field, title]) => ({ field, type: "quantitative", title })),
    },
  });
}

/** What is shown of the arrow under the pointer. */
const TOOLTIP = { a: "x₀", b: "x₁", g0: "∂f/∂x₀", g1: "∂f/∂x₁" };

/** An interval with room for the arrows at its ends. */
function widen([from, to]: Interval, arrows: number): Interval {
  const room = (0.6 * (to - from)) / (arrows - 1);
  return [from - room, to + room];
}
