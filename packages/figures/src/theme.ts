import type { Config, TopLevelSpec } from "vega-lite";
import { checkChoice, checkPositive, checkText } from "./arguments.js";

/** A Vega-Lite specification: plain data, for `vega-embed` in a page and for `numgrad-figures/node`. */
export type FigureSpec = TopLevelSpec;

/** For a light page, or for a dark one. */
export type Theme = "light" | "dark";

/** What every figure takes. */
export interface FigureOptions {
  /** Heading; none if omitted. */
  title?: string | undefined;
  /** A line below the heading. */
  subtitle?: string | undefined;
  /** Default `"light"`. */
  theme?: Theme | undefined;
  /** Any CSS colour; the theme's if omitted. `"transparent"` lets the page shine through. */
  background?: string | undefined;
}

/** What a figure with one plot takes besides. */
export interface PlotOptions extends FigureOptions {
  /** Width of the plot without axes, in pixels. */
  width?: number | undefined;
  /** Height of the plot without axes, in pixels. */
  height?: number | undefined;
}

/** Names of `FigureOptions`, and of `PlotOptions`. */
export const FIGURE_OPTIONS = ["title", "subtitle", "theme", "background"] as const;
export const PLOT_OPTIONS = [...FIGURE_OPTIONS, "width", "height"] as const;

/** Colours of a theme. */
export interface Palette {
  readonly background: string;
  readonly text: string;
  /** For what is read second. */
  readonly muted: string;
  /** For lines that carry values but are read last: contours, frames. */
  readonly faint: string;
  readonly grid: string;
  /** Told apart by people with any colour vision, in this order. */
  readonly series: readonly string[];
  /** From nothing to all. */
  readonly sequential: readonly [string, string, string];
  /** Below zero, zero, above zero. */
  readonly diverging: readonly [string, string, string];
}

/** Okabe and Ito's colours (https://jfly.uni-koeln.de/color), lightened for the dark theme, whose ground is GitHub's. */
const PALETTES: Readonly<Record<Theme, Palette>> = {
  light: {
    background: "#ffffff",
    text: "#1f2328",
    muted: "#59636e",
    faint: "#c2c8cf",
    grid: "#e6e9ed",
    series: ["#0072b2", "#d55e00", "#009e73", "#b5578f", "#b87a00", "#3f8fc4"],
    sequential: ["#f3f7fa", "#7db3d5", "#00568a"],
    diverging: ["#c24f00", "#f7f7f7", "#005f99"],
  },
  dark: {
    background: "#0d1117",
    text: "#e6edf3",
    muted: "#9198a1",
    faint: "#3d444d",
    grid: "#21262d",
    series: ["#56b4e9", "#ff8c42", "#2cc79b", "#e59ac6", "#f0c24b", "#8fb8ff"],
    sequential: ["#161d26", "#23608c", "#7cc8f5"],
    diverging: ["#ff9a56", "#161b22", "#62bdf2"],
  },
};

/** Arial, Helvetica and Liberation Sans are a little narrower than Inter, so that what fits Inter fits them. */
const FONT = 'Inter, "Helvetica Neue", Helvetica, Arial, sans-serif';

/**
 * The look of a theme as Vega-Lite's `config`, for specifications of one's own.
 *
 * @throws {ArgumentError} if there is no such theme.
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
    // Nothing is cut off: labels take the room that they need.
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

/** Checks the options that all figures share and puts what they ask for around a figure's own part. */
export function finish(options: PlotOptions, description: string, body: FigureSpec): FigureSpec {
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

/** The palette and the size that options ask for. */
export function readPlot(options: PlotOptions, width: number, height: number): Plot {
  const { theme = "light" } = options;
  checkChoice("options.theme", theme, ["light", "dark"]);
  for (const name of ["title", "subtitle", "background"] as const) checkText(`options.${name}`, options[name]);
  const size = { width: options.width ?? width, height: options.height ?? height };
  checkPositive("options.width", size.width);
  checkPositive("options.height", size.height);
  return { palette: PALETTES[theme], ...size };
}

/** A plot's colours, and its size in pixels. */
export interface Plot {
  readonly palette: Palette;
  readonly width: number;
  readonly height: number;
}
