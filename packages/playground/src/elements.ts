// Elements of the page and of its pictures.

type Attributes = Readonly<Record<string, string | number>>;

/** Finds the element of the page for a selector. */
export function find<T extends Element>(selector: string, type: { new (): T }): T {
  const element = document.querySelector(selector);
  if (element instanceof type) return element;
  throw new Error(`the page has no ${type.name} ${selector}`);
}

/** Adds an element of HTML to its parent. */
export function add<K extends keyof HTMLElementTagNameMap>(
  parent: Element,
  name: K,
  attributes: Attributes = {},
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return parent.appendChild(element);
}

/** The size of a picture in pixels of the screen. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Calls `changed` with the size of a picture, now and whenever it changes. Reading the size while drawing would make the
 * browser compute the layout at once. Paper gets the picture of the screen as a whole, scaled.
 */
export function observeSize(svg: SVGSVGElement, changed: (size: Size) => void): void {
  new ResizeObserver(([entry]) => {
    if (!entry) return;
    const { width, height } = entry.contentRect;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    changed({ width, height });
  }).observe(svg);
}

/** Adds an element of SVG to its parent. */
export function draw<K extends keyof SVGElementTagNameMap>(
  parent: Element,
  name: K,
  attributes: Attributes = {},
  text?: string,
): SVGElementTagNameMap[K] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return parent.appendChild(element);
}

/** Changes a text only if it differs, because screen readers read each change aloud. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A line through points, as the `d` of a path. Points that are no numbers interrupt it. */
export function pathOf(points: readonly (readonly [number, number])[]): string {
  let isDown = false;
  return points
    .map(([x, y]) => {
      if (!Number.isFinite(x + y)) {
        isDown = false;
        return "";
      }
      const command = isDown ? "L" : "M";
      isDown = true;
      return `${command}${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join("");
}

/** A linear scale from an interval to pixels. */
export function scale(from: readonly [number, number], to: readonly [number, number]): (value: number) => number {
  return (value) => to[0] + ((value - from[0]) / (from[1] - from[0])) * (to[1] - to[0]);
}
