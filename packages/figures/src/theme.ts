import type { Config, TopLevelSpec } from "vega-lite";
import { checkChoice, checkPositive, checkText } from "./arguments.js";

/** A Vega-Lite specification: plain data that `vega-embed` draws in a page, and `numgrad-figures/node` in Node. */
export type FigureSpec = TopLevelSpec;

/** Colours for a light page, or for a dark one. */
export type Theme = "light" | "dark";

/** Options of every figure. */
export interface FigureOptions {
  /** Heading of the figure; none if omitted. */
  title?: string | undefined;
  /** A line below the heading. */
  subtitle?: string | undefined;
  /** Colours of the figure; `"light"` if omitted. */
  theme?: Theme | undefined;
  /** Colour behind the figure: any CSS colour, also `"transparent"`; that of the theme if omitted. */
  background?: string | undefined;
}

/** Options of a figure with one plot. */
export interface PlotOptions extends FigureOptions {
  /** Width of the plot without axes, in pixels. */
  width?: number | undefined;
  /** Height of the plot without axes, in pixels. */
  height?: number | undefined;
}

/** Names of the options in `FigureOptions` and in `PlotOptions`. */
export const FIGURE_OPTIONS = ["title", "subtitle", "theme", "background"] as const;
export const PLOT_OPTIONS = [...FIGURE_OPTIONS, "width", "height"] as const;

/** Colours of a theme. */
export interface Palette {
  readonly background: string;
  readonly text: string;
  /** Colour of labels, which are read second. */
  readonly muted: string;
  /** Colour of lines that are read last: contours, frames. */
  readonly faint: string;
  readonly grid: string;
  /** The colours that mean one thing in all figures, in the report of a run, and in the playground. */
  readonly numerical: string;
  readonly train: string;
  readonly test: string;
  /** What is wrong. */
  readonly wrong: string;
  /** Colour of a path, of a tangent: of what none of the others means. */
  readonly accent: string;
  /** Colours of runs with different settings, in this order. */
  readonly runs: readonly string[];
  /** Colours of series, in this order. People with any colour vision can tell them apart. */
  readonly series: readonly string[];
  /** Colours from 0 to the largest value. */
  readonly sequential: readonly [string, string, string];
  /**
   * Colours for values below zero, for zero, and for values above zero. They go from dark to light, so that a print in
   * grey keeps the sign.
   */
  readonly diverging: readonly [string, string, string];
}

/**
 * Okabe and Ito's colours (https://jfly.uni-koeln.de/color), lightened for the dark theme. Its background is GitHub's.
 */
const PALETTES: Readonly<Record<Theme, Palette>> = {
  light: {
    background: "#ffffff",
    text: "#1f2328",
    muted: "#59636e",
    faint: "#c2c8cf",
    grid: "#e6e9ed",
    numerical: "#0072b2",
    train: "#00795a",
    test: "#a3457c",
    wrong: "#b42318",
    accent: "#8a6100",
    runs: ["#8c959f", "#8a6100", "#6f42c1", "#1f2328", "#4f7a1f", "#a8326a"],
    series: ["#0072b2", "#d55e00", "#009e73", "#b5578f", "#b87a00", "#3f8fc4"],
    sequential: ["#f3f7fa", "#7db3d5", "#00568a"],
    diverging: ["#3b1f6b", "#b0aeb4", "#ffe55c"],
  },
  dark: {
    background: "#0d1117",
    text: "#e6edf3",
    muted: "#9198a1",
    faint: "#3d444d",
    grid: "#21262d",
    numerical: "#56b4e9",
    train: "#2cc79b",
    test: "#e59ac6",
    wrong: "#ff8a80",
    accent: "#f0c24b",
    runs: ["#8b949e", "#f0c24b", "#b392f0", "#f0f6fc", "#9ccc65", "#ff7ab2"],
    series: ["#56b4e9", "#ff8c42", "#2cc79b", "#e59ac6", "#f0c24b", "#8fb8ff"],
    sequential: ["#161d26", "#23608c", "#7cc8f5"],
    diverging: ["#3b1f6b", "#b0aeb4", "#ffe55c"],
  },
};

/**
 * Font of all texts. Arial, Helvetica and Liberation Sans are a little narrower than Inter, so a text has room in them,
 * too.
 */
const FONT = 'Inter, "Helvetica Neue", Helvetica, Arial, sans-serif';

/**
 * The look of a theme as Vega-Lite's `config`, for your own specifications.
 *
 * @throws {ArgumentError} if `theme` is neither `"light"` nor `"dark"`.
 * @example
 * ```ts
 * const config = { ...themeConfig("dark"), padding: 20 };
 * const values = [{ x: 1, y: 2 }, { x: 2, y: 3 }];
 * const encoding = { x: { field: "x" }, y: { field: "y" } };
 * await renderSvg({ data: { values }, mark: "line", encoding, config });
 * ```
 */
export function themeConfig(theme: Theme): Config {
  checkChoice("theme", theme, ["light", "dark"]);
  const { background, text, muted, grid, faint, series } = PALETTES[theme];
  return {
    background,
    font: FONT,
    padding: 14,
    // The limits of 0 let labels take the room that they need, so that none is cut off.
    title: {
      anchor: "start",
      frame: "group",
      color: text,
      fontSize: 15,
      fontWeight: 600,
      subtitleColor: muted,
      subtitleFontSize: 12,
      subtitlePadding: 5,
      offset: 12,
    },
    axis: {
      domainColor: faint,
      tickColor: faint,
      gridColor: grid,
      labelColor: muted,
      labelFlush: false,
      labelFontSize: 11.5,
      labelLimit: 0,
      labelPadding: 5,
      // Labels that only do not touch look like one number.
      labelSeparation: 6,
      titleColor: text,
      titleFontSize: 12.5,
      titleFontWeight: 400,
      titleLimit: 0,
      titlePadding: 9,
    },
    legend: {
      orient: "top",
      columnPadding: 22,
      labelColor: text,
      labelFontSize: 12,
      labelLimit: 0,
      symbolSize: 300,
      symbolStrokeWidth: 2,
      titleColor: text,
      titleFontSize: 12,
      titleFontWeight: 400,
    },
    header: { labelColor: text, labelFontSize: 12.5, labelLimit: 0, titleColor: text, titleFontSize: 12.5 },
    text: { color: text, fontSize: 12 },
    view: { stroke: null },
    range: { category: [...series] },
  };
}

/** Completes the specification of a figure: adds description, heading and look, by the options of all figures. */
export function completeFigure(options: PlotOptions, description: string, body: FigureSpec): FigureSpec {
  const { background, theme = "light" } = options;
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description,
    ...headingOf(options),
    ...body,
    config: { ...themeConfig(theme), ...(background === undefined ? {} : { background }) },
  };
}

function headingOf({ title, subtitle, theme = "light" }: PlotOptions): Pick<FigureSpec, "title"> {
  if (title !== undefined) return { title: subtitle === undefined ? title : { text: title, subtitle } };
  if (subtitle === undefined) return {};
  // Vega draws no subtitle without a title.
  return { title: { text: subtitle, fontSize: 12, fontWeight: 400, color: PALETTES[theme].muted } };
}

/** Checks the options of all figures. Returns the palette and the size of the plot. */
export function readPlot(options: PlotOptions, width: number, height: number): Plot {
  const { theme = "light" } = options;
  checkChoice("options.theme", theme, ["light", "dark"]);
  for (const name of ["title", "subtitle", "background"] as const) checkText(`options.${name}`, options[name]);
  const size = { width: options.width ?? width, height: options.height ?? height };
  checkPositive("options.width", size.width);
  checkPositive("options.height", size.height);
  return { palette: PALETTES[theme], ...size };
}

/** Colours of a plot, and its size in pixels. */
export interface Plot {
  readonly palette: Palette;
  readonly width: number;
  readonly height: number;
}
