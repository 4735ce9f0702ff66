import { add, setText } from "../elements.js";
import { formatNumber } from "../numbers.js";
import type { Strings } from "../strings/strings.js";
import type { Texts } from "../strings/texts.js";
import { SIDE } from "./digit.js";
import type { Params } from "./protocol.js";
import { drawUnit } from "./sheet.js";
import { DIGITS, inputOf, sigmoid, weightText } from "./weights.js";

/** What is seen: the parameters, the ends of their scales, and the unit. */
export interface View {
  readonly params: Params;
  readonly limits: { readonly w1: number; readonly w2: number };
  readonly unit: number;
  /** The networks whose activations are shown: one, or both if the parameters are the difference of theirs. */
  readonly networks: readonly Params[];
  readonly image: Uint8Array | undefined;
}

/** One hidden unit: a large picture of its incoming weights, its activation, and its weights to the ten digits as bars. */
export class UnitPanel {
  readonly element: HTMLElement;
  readonly #texts: Texts;
  readonly #title: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #activation: HTMLElement;
  readonly #rows: readonly { readonly bar: HTMLElement; readonly value: HTMLElement }[];
  readonly #reading: HTMLElement;
  /** The pixel that is pointed at. */
  #pixel: number | undefined;
  #view: View | undefined;

  constructor(parent: Element, texts: Texts) {
    this.#texts = texts;
    const panel = add(parent, "div", { class: "unit-panel" });
    this.element = panel;
    this.#title = add(panel, "h3");
    this.#activation = add(panel, "p", { class: "activation" });
    const picture = add(panel, "div", { class: "unit-picture" });
    this.#canvas = add(picture, "canvas", { width: SIDE, height: SIDE, role: "img" });
    this.#reading = add(picture, "p", { class: "hint reading" });
    const outgoing = add(panel, "div");
    texts.show(add(outgoing, "p", { class: "hint" }), ({ layer }) => layer.outgoing);
    const list = add(outgoing, "ol", { class: "outgoing", start: 0 });
    this.#rows = Array.from({ length: DIGITS }, (_, digit) => {
      const row = add(list, "li");
      add(row, "b").textContent = String(digit);
      const bar = add(add(row, "span", { class: "signed" }), "i");
      return { bar, value: add(row, "span", { class: "value" }) };
    });
    texts.follow(() => this.#name(this.#view?.unit ?? 0));
    this.#canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => {
      const at = (place: number, size: number) => Math.min(SIDE - 1, Math.max(0, Math.floor((SIDE * place) / size)));
      this.#read(at(offsetY, this.#canvas.clientHeight) * SIDE + at(offsetX, this.#canvas.clientWidth));
    });
    this.#canvas.addEventListener("pointerleave", () => this.#read(undefined));
  }

  draw(view: View): void {
    const { params, limits, unit } = view;
    const words = this.#texts.strings.layer;
    const before = this.#view;
    this.#view = view;
    this.#name(unit);
    setText(this.#activation, activationOf(view, words));
    if (before?.params !== params || before.unit !== unit) drawUnit(this.#canvas, params, unit, limits.w1);
    for (const [digit, { bar, value }] of this.#rows.entries()) {
      const weight = params.w2[unit * DIGITS + digit]!;
      const part = Math.max(-1, Math.min(1, weight / (limits.w2 || 1)));
      bar.classList.toggle("negative", part < 0);
      Object.assign(bar.style, { left: `${50 + 50 * Math.min(0, part)}%`, width: `${50 * Math.abs(part)}%` });
      setText(value, weightText(weight, limits.w2));
    }
    this.#read(this.#pixel);
  }

  #name(unit: number): void {
    const words = this.#texts.strings.layer;
    setText(this.#title, words.unit(unit + 1));
    this.#canvas.setAttribute("aria-label", words.incoming(unit + 1));
  }

  #read(pixel: number | undefined): void {
    this.#pixel = pixel;
    const { params, unit, limits } = this.#view ?? {};
    setText(this.#reading, "");
    if (pixel === undefined || unit === undefined || !params || !limits) return;
    const weight = params.w1[pixel * params.b1.length + unit]!;
    const [row, column] = [Math.floor(pixel / SIDE) + 1, (pixel % SIDE) + 1];
    setText(this.#reading, this.#texts.strings.layer.pixel(row, column, weightText(weight, limits.w1)));
  }
}

/** The activation of the unit for the image, or the difference of both networks' activations, in words. */
export function activationOf({ networks, unit, image }: View, words: Strings["layer"]): string {
  if (!image) return words.noImage;
  const [z, other] = networks.map((params) => inputOf(params, unit, image));
  if (z === undefined) return words.noImage;
  if (other === undefined) return words.activation(formatNumber(z, 3), formatNumber(sigmoid(z), 3));
  return words.activationDifference(formatNumber(sigmoid(z) - sigmoid(other), 2));
}
