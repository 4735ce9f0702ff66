/**
 * Figures as SVG and PNG, in Node.
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
  /** Pixels of the picture for each pixel of the specification; default 2. */
  scale?: number;
  /**
   * Whether fonts of the machine may stand in for characters that Inter lacks, as those of Chinese, Japanese and Korean.
   * Default false: the same picture on every machine.
   */
  systemFonts?: boolean;
}

/**
 * A figure as SVG, drawn by Vega without a browser or a canvas. The same specification gives the same text. Room for
 * labels is measured in Inter; a viewer without it falls back on Arial or Helvetica, which are narrower. The ids are
 * unique to the figure, so that several can stand in one page.
 *
 * @param spec One of this package's figures, or any other Vega-Lite specification.
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
      return `${renameIds(roundCoordinates(await view.toSVG()))}\n`;
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
    // resvg does not know "pixelated", which Vega writes for images that are not to be smoothed, and falls back on this.
    imageRendering: OPTIMIZE_SPEED,
    font: { loadSystemFonts: systemFonts, fontFiles: FONT_FILES, defaultFontFamily: "Inter", sansSerifFamily: "Inter" },
  });
  return image.render().asPng();
}

/** resvg's number for images without smoothing. */
const OPTIMIZE_SPEED = 1;

/** Vega's measure of texts, which its types leave out. */
const { textMetrics } = vega as unknown as { textMetrics: { width: (item: TextItem, text: unknown) => number } };

interface TextItem {
  fontSize?: number;
  fontWeight?: number | string;
}

let running = 0;
let vegasOwn = textMetrics.width;

/**
 * Renders with widths measured in Inter: without a canvas Vega takes every character for 0.8 of the font size. Vega has one
 * measure for all; once no rendering is under way, it has its own again.
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

/** A hundredth of a pixel is seen by nobody, and more digits double the size. */
function roundCoordinates(svg: string): string {
  return inTags(svg, / (?:d|transform|x|y|x1|y1|x2|y2|width|height)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d*\.\d{3,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(2)))),
  );
}

/** Ids that say which figure they are of, instead of Vega's numbers, which go on from figure to figure. */
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

/** Replaces what matches inside of tags; texts between them may look alike and are left alone. */
function inTags(svg: string, pattern: RegExp, replacement: (match: string) => string): string {
  return svg.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(pattern, replacement));
}
