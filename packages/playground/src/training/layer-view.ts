// The part about the hidden layer: the weights into its units and out of them, in pictures that a reader points at.
import { add, setText } from "../elements.js";
import { COUNT } from "../numbers.js";
import { addSpoken } from "../readout.js";
import type { UrlState } from "../state/url-state.js";
import type { Texts } from "../strings/texts.js";
import type { Contender } from "./contender.js";
import { Legend } from "./legend.js";
import { PointedPicture } from "./pointing.js";
import type { Params } from "./protocol.js";
import { columnsOf, drawOutgoing, drawWeights, placeOf, unitAt } from "./sheet.js";
import { activationOf, UnitPanel, type View } from "./unit-panel.js";
import { DIGITS, limitOf, subtract, unitsOf, weightText } from "./weights.js";

const SHOWN = ["numerical", "backprop", "difference"] as const;
type Shown = (typeof SHOWN)[number];

/** Most pixels of the page for a pixel of the sheet, and for a column of the other picture: few units do not become huge. */
const WIDEST = 2;
const WIDEST_COLUMN = 28;

/** What the part has to know of a network. */
export type Snapshot = Pick<Contender, "weights" | "weightsAfter">;

/** Both pictures, and the panel about the unit that is pointed at. While nobody sees them they are not drawn. */
export class LayerView {
  readonly #texts: Texts;
  readonly #chosen: (unit: number) => void;
  readonly #note: HTMLElement;
  readonly #incoming: PointedPicture;
  readonly #outgoing: PointedPicture;
  readonly #legends: { readonly w1: Legend; readonly w2: Legend };
  readonly #panel: UnitPanel;
  readonly #reading: HTMLElement;
  readonly #spoken: HTMLElement;
  #shown: Shown;
  #unit: number;
  #digit = 0;
  #image: Uint8Array | undefined;
  #networks: readonly [Snapshot, Snapshot] | undefined;
  #isSeen = false;
  /** What the pictures show, and after how many steps. */
  #view: Omit<View, "unit" | "image"> | undefined;
  #steps = 0;
  /** The parameters from which the view was made. */
  #sources: readonly (Params | undefined)[] = [];

  /**
   * @param unit The unit that is shown first.
   * @param chosen Called with the unit that a reader clicks on.
   */
  constructor(section: HTMLElement, state: UrlState, texts: Texts, unit: number, chosen: (unit: number) => void) {
    this.#texts = texts;
    this.#chosen = chosen;
    this.#unit = unit;
    this.#shown = state.choice("weights", SHOWN, "numerical");
    texts.show(add(section, "h2", { id: "layer-title" }), ({ layer }) => layer.title);
    texts.show(add(section, "p", { class: "intro" }), ({ layer }) => layer.intro);
    this.#addChoice(section, state);
    this.#note = add(section, "p", { class: "hint note" });
    const layer = add(section, "div", { class: "layer" });
    const sheet = add(layer, "div");
    this.#incoming = this.#addSheet(sheet);
    const w1 = new Legend(sheet);
    texts.show(add(sheet, "p", { class: "hint", id: "layer-keys" }), ({ layer }) => layer.keys);
    this.#panel = new UnitPanel(layer, texts);
    const outgoing = add(section, "div", { class: "outgoing-weights" });
    texts.show(add(outgoing, "h3"), ({ layer }) => layer.outgoingTitle);
    this.#reading = add(outgoing, "p", { class: "reading" });
    this.#outgoing = this.#addOutgoing(outgoing);
    this.#legends = { w1, w2: new Legend(outgoing) };
    texts.show(add(outgoing, "p", { class: "hint", id: "outgoing-keys" }), ({ layer }) => layer.outgoingKeys);
    this.#spoken = addSpoken(section);
    new IntersectionObserver((entries) => {
      this.#isSeen = entries.at(-1)?.isIntersecting ?? false;
      this.#draw();
    }).observe(section);
    texts.follow(() => this.#draw(true));
  }

  /** Shows the weights of both networks. */
  draw(numerical: Snapshot, backprop: Snapshot): void {
    this.#networks = [numerical, backprop];
    this.#draw();
  }

  /** Takes the image for which activations are shown. */
  setImage(image: Uint8Array | undefined): void {
    this.#image = image;
    this.#draw();
  }

  get #units(): number {
    return this.#view ? unitsOf(this.#view.params) : 1;
  }

  #addChoice(section: Element, state: UrlState): void {
    const group = add(section, "fieldset", { class: "choice" });
    this.#texts.show(add(group, "legend"), ({ layer }) => layer.shown);
    for (const name of SHOWN) {
      const label = add(group, "label");
      const radio = add(label, "input", { type: "radio", name: "shown-weights", value: name });
      radio.checked = name === this.#shown;
      this.#texts.show(add(label, "span", { class: name }), ({ layer }) => layer.networks[name]);
      radio.addEventListener("change", () => {
        this.#shown = name;
        state.set("weights", name);
        this.#sources = [];
        this.#draw();
      });
    }
  }

  #addSheet(parent: Element): PointedPicture {
    const picture = new PointedPicture(parent, "layer-keys", {
      point: (x, y) => {
        const unit = unitAt(picture.canvas, x, y, this.#units);
        if (unit !== undefined) this.#point(unit, this.#digit);
      },
      move: (columns, rows) => this.#move(columns + rows * columnsOf(this.#units), 0),
      choose: () => this.#chosen(this.#unit),
    });
    this.#texts.name(picture.frame, "aria-label", ({ layer }) => layer.sheet);
    return picture;
  }

  #addOutgoing(parent: Element): PointedPicture {
    const rows = add(parent, "div", { class: "rows" });
    const names = add(rows, "div", { class: "digits", "aria-hidden": "true" });
    for (let digit = 0; digit < DIGITS; digit++) add(names, "span").textContent = String(digit);
    const picture = new PointedPicture(rows, "outgoing-keys", {
      point: (x, y) => this.#point(Math.floor(x * this.#units), Math.floor(y * DIGITS)),
      move: (columns, rows) => this.#move(columns, rows),
      choose: () => this.#chosen(this.#unit),
    });
    this.#texts.name(picture.frame, "aria-label", ({ layer }) => layer.outgoingPicture);
    return picture;
  }

  #point(unit: number, digit: number): void {
    if (unit === this.#unit && digit === this.#digit) return;
    this.#unit = unit;
    this.#digit = digit;
    this.#draw();
  }

  /** Goes to another unit and digit by keys. Screen readers hear what is there. */
  #move(units: number, digits: number): void {
    const to = this.#unit + units;
    const unit = to >= 0 && to < this.#units ? to : this.#unit;
    this.#point(unit, Math.max(0, Math.min(DIGITS - 1, this.#digit + digits)));
    if (!this.#view) return;
    const words = this.#texts.strings.layer;
    const view = { ...this.#view, unit, image: this.#image };
    setText(this.#spoken, `${words.unit(unit + 1)}. ${activationOf(view, words)} ${this.#reading.textContent}`);
  }

  /** Draws what has changed. Texts change also while nobody sees them: they are read aloud. */
  #draw(isForced = false): void {
    if (!this.#networks || (this.#view && !this.#isSeen && !isForced)) return;
    const isNew = this.#take(this.#networks);
    if (!this.#view) return;
    const { params, limits } = this.#view;
    this.#unit = Math.min(this.#unit, this.#units - 1);
    if (isNew) {
      drawWeights(this.#incoming.canvas, params, limits.w1);
      drawOutgoing(this.#outgoing.canvas, params, limits.w2);
      this.#incoming.frame.style.maxWidth = `${WIDEST * this.#incoming.canvas.width}px`;
      this.#outgoing.frame.style.maxWidth = `${WIDEST_COLUMN * this.#units}px`;
      this.#legends.w1.show(limits.w1);
      this.#legends.w2.show(limits.w2);
    }
    this.#incoming.mark(placeOf(this.#incoming.canvas, this.#unit, this.#units));
    const [width, height] = [1 / this.#units, 1 / DIGITS];
    this.#outgoing.mark({ x: this.#unit * width, y: this.#digit * height, width, height });
    this.#panel.draw({ ...this.#view, unit: this.#unit, image: this.#image });
    this.#showTexts(params, limits);
  }

  #showTexts(params: Params, limits: View["limits"]): void {
    this.#panel.element.classList.toggle("difference", this.#shown === "difference");
    const words = this.#texts.strings.layer;
    const steps = COUNT.format(this.#steps);
    setText(this.#note, this.#shown === "difference" ? words.compared(steps) : words.afterStep(steps));
    const weight = weightText(params.w2[this.#unit * DIGITS + this.#digit]!, limits.w2);
    setText(this.#reading, words.outgoingWeight(this.#unit + 1, this.#digit, weight));
  }

  /** Takes the newest parameters that can be shown. Weights of both networks are compared only after the same step. */
  #take([numerical, backprop]: readonly [Snapshot, Snapshot]): boolean {
    const [a, b] = [numerical.weights, backprop.weights];
    const sources = this.#shown === "difference" ? [a, b] : [this.#shown === "numerical" ? a : b];
    if (sources.every((source, i) => source === this.#sources[i])) return false;
    const networks = sources.filter((source) => source !== undefined);
    if (networks.length < sources.length) return false;
    if (networks.length > 1 && numerical.weightsAfter !== backprop.weightsAfter) return false;
    const [first, second] = networks;
    const params = second ? subtract(first!, second) : first!;
    this.#view = { params, networks, limits: { w1: limitOf(params.w1), w2: limitOf(params.w2) } };
    this.#sources = sources;
    this.#steps = (this.#shown === "backprop" ? backprop : numerical).weightsAfter;
    return true;
  }
}
