// Makes elements of the page and of its pictures.

type Attributes = Readonly<Record<string, string | number>>;

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

/** A number with so many digits, as a reader writes it: 1.2 × 10⁻⁹ if it is small or large. */
export function formatNumber(value: number, digits: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e6)) return value.toPrecision(digits).replace("-", "−");
  const [factor, exponent] = value.toExponential(digits - 1).split("e") as [string, string];
  return `${factor.replace("-", "−")} × 10${raise(Number(exponent))}`;
}

/** A power of ten: 10⁻⁴. */
export function powerOfTen(exponent: number): string {
  return `10${raise(exponent)}`;
}

function raise(exponent: number): string {
  return Array.from(String(exponent), (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)])).join("");
}
