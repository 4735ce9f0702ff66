import { Resvg } from "@resvg/resvg-js";
import { ArgumentError } from "numgrad";
import type { FigureSpec } from "numgrad-figures";
import { renderPng, renderSvg } from "numgrad-figures/node";
import * as vega from "vega";
import { describe, expect, test } from "vitest";
import { FONT_FILES, textWidth } from "../../packages/figures/src/font.js";
import { rejectionOf } from "../support/thrown.js";
import { Drawn } from "./drawn.js";
import { FIGURES } from "./examples.js";

/** The pixels of a PNG, four bytes each. */
function pixelsOf(png: Uint8Array): { width: number; height: number; pixels: Buffer } {
  const [width, height] = [Buffer.from(png).readUInt32BE(16), Buffer.from(png).readUInt32BE(20)];
  const url = `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
  const size = `width="${width}" height="${height}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${size}><image ${size} xlink:href="${url}"/></svg>`;
  return { width, height, pixels: new Resvg(svg).render().pixels };
}

const text = (content: string): FigureSpec => ({ data: { values: [{}] }, mark: { type: "text", text: content } });

describe("renderSvg", () => {
  test("figures that are drawn at the same time are the same as figures drawn one after the other", async () => {
    const specs = Object.values(FIGURES).map((figure) => figure());
    const together = await Promise.all(specs.map(renderSvg));
    for (const [i, spec] of specs.entries()) expect(await renderSvg(spec)).toBe(together[i]);
  });

  test("no id is in two figures, and each reference has its id", async () => {
    const seen = new Set<string>();
    for (const theme of ["light", "dark"] as const) {
      for (const figure of Object.values(FIGURES)) {
        const svg = await renderSvg(figure({ theme }));
        const ids = Array.from(svg.matchAll(/ id="([^"]+)"/g), (match) => match[1]!);
        for (const id of ids) {
          expect(id).toMatch(/^figure-[0-9a-f]{8}-\d+$/);
          expect(seen.has(id)).toBe(false);
          seen.add(id);
        }
        for (const [, id] of svg.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id);
      }
    }
    expect(seen.size).toBeGreaterThan(5);
  });

  test("rounds coordinates, but no texts", async () => {
    const { svg, texts } = await Drawn.from(text('d="0.123456" 0.1999999999990898'));
    expect(texts).toContain('d="0.123456" 0.1999999999990898');
    const curve = await renderSvg(FIGURES.functionFigure!());
    expect(curve).not.toMatch(/ (?:d|transform)="[^"]*\.\d{3}/);
    expect(svg).toContain("<text");
  });

  test("writes hostile texts as texts: HTML is escaped, and what XML forbids is replaced", async () => {
    const hostile = `<script>alert("1")</script>&amp;\u0000\u001b[2J\ud800 😀\u0085`;
    const spec = { ...text(hostile), title: hostile, description: hostile };
    const { svg, texts } = await Drawn.from(spec);
    expect(svg).not.toMatch(/<script|[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u);
    const escaped = '&lt;script&gt;alert("1")&lt;/script&gt;&amp;amp;\ufffd\ufffd[2J\ufffd 😀\u0085';
    expect(texts).toEqual([escaped, escaped]);
    expect((await renderPng(spec)).length).toBeGreaterThan(1000);
  });

  test("puts Vega's own measure of texts back, also after an error", async () => {
    const { textMetrics } = vega as unknown as { textMetrics: { width: unknown } };
    const before = textMetrics.width;
    await Promise.all(Object.values(FIGURES).map((figure) => renderSvg(figure())));
    await rejectionOf(Error, renderSvg({ mark: "none" } as never));
    expect(textMetrics.width).toBe(before);
  });

  test("gives a title the room that it needs", async () => {
    const narrow = { width: 50, height: 50, data: { values: [] }, mark: "point" as const };
    const title = "A title that is much wider than its plot";
    const [width] = (await Drawn.from({ ...narrow, title })).size;
    expect(width).toBeGreaterThan(textWidth(title, 13, true));
    expect(width).toBeLessThan(1.3 * textWidth(title, 13, true));
  });
});

describe("renderPng", () => {
  test.each(Object.entries(FIGURES))("%s: as large as the SVG times the scale, and not blank", async (_, figure) => {
    const [width, height] = (await Drawn.from(figure())).size;
    for (const scale of [1, 2]) {
      const picture = pixelsOf(await renderPng(figure(), { scale }));
      expect([picture.width, picture.height]).toEqual([width * scale, height * scale]);
      const colours = new Set<number>();
      for (let i = 0; i < picture.pixels.length; i += 4) colours.add(picture.pixels.readUInt32BE(i));
      expect(colours.size).toBeGreaterThan(20);
      expect(picture.pixels.readUInt32BE(0)).toBe(0xffffffff);
    }
  });

  test("gives the same bytes each time", async () => {
    const figure = FIGURES.descentFigure!({ theme: "dark" });
    expect(Buffer.from(await renderPng(figure)).equals(await renderPng(figure))).toBe(true);
  });

  test("refuses a wrong scale, and an unknown option", async () => {
    const wrong = (options: object) => rejectionOf(ArgumentError, renderPng(FIGURES.lossFigure!(), options));
    for (const scale of [0, -1, Number.NaN, "2"]) expect((await wrong({ scale })).argument).toBe("options.scale");
    expect((await wrong({ dpi: 300 })).argument).toBe("options.dpi");
  });
});

describe("the width of a text", () => {
  /** The width that resvg draws, by the bounding box, between two bars at the ends of the text. */
  function drawnWidth(content: string, weight: number): number {
    const fonts = { loadSystemFonts: false, fontFiles: FONT_FILES, defaultFontFamily: "Inter" };
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="2000" height="200"><text x="100" y="100" font-family="Inter" font-size="50" font-weight="${weight}">${content}</text></svg>`;
    return new Resvg(svg, { font: fonts }).innerBBox()!.width;
  }

  test.each([
    ["learning rate 0.001", 400],
    ["Gradient descent on f = x₀² + x₁² from (−3, 4)", 600],
    ["−2.6·10¹³, η, ∂f/∂x₀", 400],
    ["WAVE Typography, Yo!", 600],
  ])("%j at weight %i is Inter's", (content, weight) => {
    const measured = textWidth(content, 50, weight === 600);
    const drawn = drawnWidth(content, weight);
    // The box ends at the ink, and pairs are kerned. Both make it narrower, by at most a few per cent.
    expect(measured).toBeGreaterThan(0.99 * drawn);
    expect(measured).toBeLessThan(1.06 * drawn);
  });

  test("a character that Inter lacks takes a square", () => {
    expect(textWidth("学習", 12, false)).toBe(24);
    expect(textWidth("", 12, false)).toBe(0);
  });
});
