/**
 * Draws figures as SVG and PNG, in Node.
 *
 * @module numgrad-figures/node
 */
import { createHash } from "node:crypto";
import { Resvg } from "@resvg/resvg-js";
import * as vega from "vega";
import { compile } from "vega-lite";
import { checkOptions, checkPositive } from "./arguments.js";
import { FONT_FILES, textWidth } from "./font.js";
import type { FigureSpec } from "./theme.js";

/** Options of `renderPng`. */
export interface PngOptions {
  /** Pixels of the picture for each pixel of the specification; 2 if omitted. */
  scale?: number;
  /**
   * Whether fonts of the machine are used for characters that Inter lacks, for instance Chinese, Japanese and Korean
   * ones; `false` if omitted, so that every machine draws the same picture.
   */
  systemFonts?: boolean;
}

/**
 * Draws a figure as SVG, by Vega, without a browser or a canvas. The same specification gives the same text. The room
 * for labels is measured in Inter. A viewer without that font uses Arial or Helvetica, which are narrower. The ids are
 * unique to the figure, so that one page can hold several figures. Characters that XML forbids, as most control
 * characters, become U+FFFD.
 *
 * @param spec One of this package's figures, or any other Vega-Lite specification.
 * @returns The text of the SVG file.
 * @example
 * ```ts
 * const svg = await renderSvg(lossFigure({ losses: [2.3, 1.2, 0.7, 0.5] })); // for writeFile("losses.svg", svg)
 * svg.startsWith("<svg"); // true
 * ```
 */
export async function renderSvg(spec: FigureSpec): Promise<string> {
  return withInter(async () => {
    const view = new vega.View(vega.parse(compile(spec).spec), { renderer: "none" });
    try {
      const svg = (await view.toSVG()).replace(FORBIDDEN, "\ufffd");
      return `${renameIds(addTitle(lowerAndRaise(roundCoordinates(svg)), spec))}\n`;
    } finally {
      view.finalize();
    }
  });
}

/**
 * A figure as PNG, with Inter embedded: no font of the machine is needed.
 *
 * @returns The bytes of the file.
 * @throws {ArgumentError} if `scale` is not positive.
 * @example
 * ```ts
 * const png = await renderPng(lossFigure({ losses: [2.3, 1.2, 0.7, 0.5] }), { scale: 2 });
 * png.subarray(0, 4); // [137, 80, 78, 71]
 * ```
 */
export async function renderPng(spec: FigureSpec, options: PngOptions = {}): Promise<Uint8Array> {
  checkOptions(options, ["scale", "systemFonts"]);
  const { scale = 2, systemFonts = false } = options;
  checkPositive("options.scale", scale);
  const image = new Resvg(await renderSvg(spec), {
    fitTo: { mode: "zoom", value: scale },
    // Vega writes "pixelated" for images without smoothing. resvg does not know that word and uses this setting
    // instead.
    imageRendering: OPTIMIZE_SPEED,
    font: { loadSystemFonts: systemFonts, fontFiles: FONT_FILES, defaultFontFamily: "Inter", sansSerifFamily: "Inter" },
  });
  return image.render().asPng();
}

/** Characters that XML forbids: most control characters, lone surrogates. One of them makes the whole file unreadable. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** Number of resvg's mode that draws images without smoothing. */
const OPTIMIZE_SPEED = 1;

/** Vega's functions that measure texts. Its types leave them out. */
const { textMetrics } = vega as unknown as { textMetrics: { width: (item: TextItem, text: unknown) => number } };

interface TextItem {
  fontSize?: number;
  fontWeight?: number | string;
}

let running = 0;
let vegasOwn = textMetrics.width;

/**
 * Renders with text widths measured in Inter. (Without a canvas Vega assumes 0.8 of the font size for every character.)
 * Vega has one measure for all views, so its own measure is put back as soon as no rendering is running.
 */
async function withInter<T>(render: () => Promise<T>): Promise<T> {
  if (running++ === 0) {
    vegasOwn = textMetrics.width;
    textMetrics.width = interWidth;
  }
  try {
    return await render();
  } finally {
    if (--running === 0) textMetrics.width = vegasOwn;
  }
}

function interWidth({ fontSize = 11, fontWeight = 400 }: TextItem, text: unknown): number {
  const bold = fontWeight === "bold" || Number(fontWeight) >= 600;
  return textWidth(String(text ?? "").trim(), fontSize, bold);
}

/** Rounds coordinates to a hundredth of a pixel. Nobody sees more digits, and they double the size of the file. */
function roundCoordinates(svg: string): string {
  return inTags(svg, / (?:d|transform|x|y|x1|y1|x2|y2|width|height)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d*\.\d{3,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(2)))),
  );
}

/** Gives the picture a name for screen readers, and for the tip that browsers show. */
function addTitle(svg: string, { title, description }: FigureSpec): string {
  const heading = typeof title === "object" && title !== null && "text" in title ? title.text : title;
  const name = typeof heading === "string" ? heading : description;
  if (!name) return svg;
  const text = name.replace(FORBIDDEN, "\ufffd").replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return svg.replace(/^<svg[^>]*>/, (tag) => `${tag}<title>${text}</title>`);
}

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻";

/**
 * Draws small raised and lowered digits as digits of a smaller size. The viewer's font, if it is not Inter, may lack
 * some of Unicode's, and those that come from another font have other sizes and places.
 */
function lowerAndRaise(svg: string): string {
  const small = (digits: string, shift: number) =>
    `<tspan dy="${shift}em" font-size="70%">${digits}</tspan><tspan dy="${-0.7 * shift}em">\u200b</tspan>`;
  const digit = (all: string) => (c: string) => (c === "⁻" ? "−" : String(all.indexOf(c)));
  return svg.replace(/(<(?:text|tspan)[^>]*>)([^<]+)(?=<\/(?:text|tspan)>)/g, (_, tag: string, text: string) => {
    const lowered = text.replace(/[₀-₉]+/g, (run) => small(Array.from(run, digit(SUBSCRIPTS)).join(""), 0.25));
    const raised = lowered.replace(/[⁰¹²³⁴-⁹⁻]+/g, (run) => small(Array.from(run, digit(SUPERSCRIPTS)).join(""), -0.5));
    return tag + raised;
  });
}

/** Replaces Vega's ids, whose numbers depend on earlier figures, by ids that depend on this figure alone. */
function renameIds(svg: string): string {
  const ids: string[] = [];
  inTags(svg, / id="[^"]+"/g, (attribute) => {
    ids.push(attribute.slice(5, -1));
    return attribute;
  });
  const rename = (prefix: string) =>
    inTags(svg, /(?<= id="|url\(#)[^")]+/g, (id) => (ids.includes(id) ? `${prefix}${ids.indexOf(id)}` : id));
  return rename(`figure-${createHash("sha256").update(rename("")).digest("hex").slice(0, 8)}-`);
}

/** Replaces matches inside of tags only, because texts between the tags may look alike. */
function inTags(svg: string, pattern: RegExp, replacement: (match: string) => string): string {
  return svg.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(pattern, replacement));
}
