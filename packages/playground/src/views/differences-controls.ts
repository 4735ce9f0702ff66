import { type Expression, ExpressionError, parseExpression } from "../calculus/expression.js";
import { STEPS } from "../calculus/quotients.js";
import type { UrlState } from "../state/url-state.js";
import type { Texts } from "../strings/texts.js";
import { add, formatNumber } from "./elements.js";

/** The functions to choose from, and the last entry, the reader's own. */
const FUNCTIONS = ["0.01x^2 + 0.1x", "sin(x)", "exp(x)", "x^3 - x", "sigmoid(x)", "log(1 + x^2)"];

/** Interval of x. */
export const DOMAIN = [-4, 4] as const;

/** The fields of the part about differences: f, x and h. Their values are in the URL. */
export class DifferencesControls {
  f: Expression;
  x: number;
  /** Index of h in `STEPS`. */
  step: number;
  readonly #x: HTMLInputElement;
  readonly #h: HTMLInputElement;
  readonly #state: UrlState;
  readonly #changed: () => void;
  readonly #shown: { readonly x: HTMLOutputElement; readonly h: HTMLOutputElement };

  constructor(parent: Element, state: UrlState, texts: Texts, changed: () => void) {
    this.#state = state;
    this.#changed = changed;
    this.x = state.number("x", DOMAIN[0], DOMAIN[1], 1);
    this.step = nearestStep(state.number("dh", 0, 1, 0.1));
    const fields = add(parent, "div", { class: "fields" });
    this.f = this.#addFunction(fields, texts);
    const range = (name: "x" | "h", max: number, min: number, by: number) => {
      const field = add(fields, "div", { class: "field rate" });
      texts.show(add(field, "label", { for: `d-${name}` }), ({ differences }) => differences[name]);
      const output = add(field, "output", { for: `d-${name}` });
      const input = add(field, "input", { type: "range", id: `d-${name}`, min, max, step: by });
      return [input, output] as const;
    };
    const [x, shownX] = range("x", DOMAIN[1], DOMAIN[0], 0.05);
    const [h, shownH] = range("h", STEPS.length - 1, 0, 1);
    this.#x = x;
    this.#h = h;
    this.#shown = { x: shownX, h: shownH };
    x.addEventListener("input", () => this.moveTo(x.valueAsNumber));
    h.addEventListener("input", () => this.takeStep(h.valueAsNumber));
    this.#show();
  }

  get h(): number {
    return STEPS[this.step]!;
  }

  moveTo(x: number): void {
    this.x = Number(Math.min(DOMAIN[1], Math.max(DOMAIN[0], x)).toFixed(2));
    this.#state.set("x", this.x);
    this.#show();
    this.#changed();
  }

  /** Takes the h with this index. */
  takeStep(step: number): void {
    this.step = Math.min(STEPS.length - 1, Math.max(0, Math.round(step)));
    this.#state.set("dh", this.h);
    this.#show();
    this.#changed();
  }

  #show(): void {
    const [x, h] = [formatNumber(this.x, 3), formatNumber(this.h, 3)];
    this.#x.value = String(this.x);
    this.#h.value = String(this.step);
    this.#x.setAttribute("aria-valuetext", x);
    this.#h.setAttribute("aria-valuetext", h);
    this.#shown.x.value = x;
    this.#shown.h.value = h;
  }

  /** Adds the choice of functions and the field for one's own. Returns the function of the URL. */
  #addFunction(parent: Element, texts: Texts): Expression {
    const field = add(parent, "div", { class: "field" });
    texts.show(add(field, "label", { for: "d-f" }), ({ differences }) => differences.f);
    const select = add(field, "select", { id: "d-f" });
    for (const text of FUNCTIONS) add(select, "option", { value: text }).textContent = text;
    texts.show(add(select, "option", { value: "" }), ({ differences }) => differences.own);
    const own = add(parent, "div", { class: "field" });
    texts.show(add(own, "label", { for: "d-own" }), ({ differences }) => differences.own);
    const input = add(own, "input", {
      id: "d-own",
      type: "text",
      maxlength: 100,
      spellcheck: "false",
      "aria-describedby": "d-own-wrong",
    });
    const wrong = add(own, "p", { id: "d-own-wrong", class: "wrong", role: "alert" });
    let position: number | undefined;
    texts.follow(() => {
      wrong.textContent = position === undefined ? "" : texts.strings.differences.wrong(position);
    });
    const read = (text: string): Expression | undefined => {
      try {
        position = undefined;
        return parseExpression(text);
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        position = error.position;
        return undefined;
      } finally {
        input.setAttribute("aria-invalid", String(position !== undefined));
        wrong.textContent = position === undefined ? "" : texts.strings.differences.wrong(position);
      }
    };
    const take = (text: string) => {
      const f = read(text);
      if (!f) return;
      this.f = f;
      this.#state.set("f", text);
      this.#changed();
    };
    select.addEventListener("change", () => {
      own.hidden = select.value !== "";
      if (own.hidden) take(select.value);
      else input.focus();
    });
    input.addEventListener("input", () => take(input.value));
    const text = this.#state.text("f") ?? "sin(x)";
    select.value = FUNCTIONS.includes(text) ? text : "";
    own.hidden = select.value !== "";
    input.value = own.hidden ? "x^2 + sin(x)" : text;
    return read(text) ?? parseExpression("sin(x)");
  }
}

function nearestStep(h: number): number {
  const distances = STEPS.map((step) => Math.abs(Math.log(step / h)));
  return distances.indexOf(Math.min(...distances));
}
