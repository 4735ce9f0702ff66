import type { Theme } from "numgrad-figures";
import { type Html, html } from "./html.js";

/** A figure as SVG for light and dark pages, wide and narrow ones. */
export type Variants = Readonly<Record<"wide" | "narrow", Readonly<Record<Theme, string>>>>;

/** The browser takes the variant that fits page and theme. */
export function picture({ wide, narrow }: Variants, alt: string): Html {
  const [dark, small] = ["(prefers-color-scheme: dark)", "(max-width: 40em)"];
  return html`<picture>
${source(`${small} and ${dark}`, narrow.dark)}
${source(small, narrow.light)}
${source(dark, wide.dark)}
<img ${size(wide.light)} src="${dataUrl(wide.light)}" alt="${alt}">
</picture>`;
}

function source(media: string, svg: string): Html {
  return html`<source media="${media}" ${size(svg)} srcset="${dataUrl(svg)}">`;
}

/** Width and height, so that nothing moves while the page opens. */
function size(svg: string): Html {
  const [, width = "", height = ""] = /<svg [^>]*?width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  return html`width="${width}" height="${height}"`;
}

/** The characters that HTML, `srcset` or URLs know are encoded; base64 would be a quarter longer. */
function dataUrl(svg: string): string {
  return `data:image/svg+xml,${svg.trim().replace(/[^\w.~!$*()+,;=@/-]/gu, encodeURIComponent)}`;
}
