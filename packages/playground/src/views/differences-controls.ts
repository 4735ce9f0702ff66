import { type Expression, ExpressionError, parseExpression } from "../calculus/expression.js";
import { nearestStep, STEPS } from "../calculus/quotients.js";
import { add, setText } from "../elements.js";
import { formatNumber, nearestIndex } from "../numbers.js";
import type { UrlState } from "../state/url-state.js";
import type { Texts } from "../strings/texts.js";
import { addField, Slider } from "./fields.js";

/** The functions to choose from, and the last entry, the reader's own. */
const FUNCTIONS = ["0.01x^2 + 0.1x", "sin(x)", "exp(x)", "x^3 - x", "sigmoid(x)", "log(1 + x^2)"];

/** Interval of x. */
export const DOMAIN = [-4, 4] as const;

/** What the field has before a reader types in it, and what is drawn if the URL has no function. */
const EXAMPLE = "x^2 + sin(x)";
const FIRST = "sin(x)";

/** The fields of the part about differences: f, x and h. Their values are in the URL. */
export class DifferencesControls {
  f: Expression;
  x: number;
  /** Index of h in `STEPS`. */
  #step: number;
  readonly #x: Slider;
  readonly #h: Slider;
  readonly #state: UrlState;
  readonly #changed: () => void;
  #select!: HTMLSelectElement;

  constructor(parent: Element, state: UrlState, texts: Texts, changed: () => void) {
    this.#state = state;
    this.#changed = changed;
    this.x = state.number("x", DOMAIN[0], DOMAIN[1], 1);
    this.#step = nearestIndex(STEPS, state.number("dh", 0, 1, 0.1));
    const fields = add(parent, "div", { class: "fields" });
    this.f = this.#addFunction(fields, texts);
    const ofX = { min: DOMAIN[0], max: DOMAIN[1], step: 0.05 };
    const ofH = { min: 0, max: STEPS.length - 1, step: 1 };
    this.#x = new Slider(
      fields,
      "d-x",
      texts,
      ({ differences }) => differences.x,
      ofX,
      (x) => this.moveTo(x),
    );
    this.#h = new Slider(
      fields,
      "d-h",
      texts,
      ({ differences }) => differences.h,
      ofH,
      (i) => this.takeStep(i),
    );
    this.#show();
  }

  get h(): number {
    return STEPS[this.#step]!;
  }

  /** Chooses a function of the list, with its point and difference. */
  choose(text: string, x: number, h: number): void {
    this.#select.value = text;
    this.#select.dispatchEvent(new Event("change"));
    this.moveTo(x);
    this.takeStep(nearestIndex(STEPS, h));
  }

  moveTo(x: number): void {
    this.x = Number(Math.min(DOMAIN[1], Math.max(DOMAIN[0], x)).toFixed(2));
    this.#state.set("x", this.x);
    this.#show();
    this.#changed();
  }

  /** Takes the h with this index in `STEPS`, or the nearest one. */
  takeStep(step: number): void {
    this.#step = nearestStep(step);
    this.#state.set("dh", this.h);
    this.#show();
    this.#changed();
  }

  #show(): void {
    this.#x.show(this.x, formatNumber(this.x, 3));
    this.#h.show(this.#step, formatNumber(this.h, 3));
  }

  /** Adds the choice of functions and the field for one's own. Returns the function of the URL. */
  #addFunction(parent: Element, texts: Texts): Expression {
    const field = addField(parent, "d-f", texts, ({ differences }) => differences.f);
    const select = add(field, "select", { id: "d-f" });
    this.#select = select;
    for (const text of FUNCTIONS) add(select, "option", { value: text }).textContent = text;
    texts.show(add(select, "option", { value: "" }), ({ differences }) => differences.own);
    const own = new ExpressionField(parent, texts, (f, text) => this.#take(f, text));
    select.addEventListener("change", () => {
      own.isShown = select.value === "";
      if (own.isShown) own.take();
      else this.#take(parseExpression(select.value), select.value);
    });
    const text = this.#state.text("f") ?? FIRST;
    const isListed = FUNCTIONS.includes(text);
    select.value = isListed ? text : "";
    own.isShown = !isListed;
    return (isListed ? parseExpression(text) : own.read(text)) ?? parseExpression(FIRST);
  }

  #take(f: Expression, text: string): void {
    this.f = f;
    this.#state.set("f", text);
    this.#changed();
  }
}

/** The field for the reader's own function. It says where an expression is wrong. */
class ExpressionField {
  readonly #texts: Texts;
  readonly #taken: (f: Expression, text: string) => void;
  readonly #field: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #wrong: HTMLElement;
  /** Number of characters before the wrong one; undefined if none is wrong. */
  #position: number | undefined;

  constructor(parent: Element, texts: Texts, taken: (f: Expression, text: string) => void) {
    this.#texts = texts;
    this.#taken = taken;
    this.#field = addField(parent, "d-own", texts, ({ differences }) => differences.own);
    this.#input = add(this.#field, "input", {
      ...{ id: "d-own", type: "text", value: EXAMPLE, maxlength: 100, spellcheck: "false" },
      "aria-describedby": "d-own-wrong",
    });
    this.#wrong = add(this.#field, "p", { id: "d-own-wrong", class: "wrong", role: "alert" });
    this.#input.addEventListener("input", () => this.#takeText());
    texts.follow(() => this.#showFault());
  }

  get isShown(): boolean {
    return !this.#field.hidden;
  }

  set isShown(isShown: boolean) {
    this.#field.hidden = !isShown;
  }

  /** Takes the expression of the field, and the focus. */
  take(): void {
    this.#takeText();
    this.#input.focus();
  }

  /** Puts a text into the field. Returns its expression, or undefined if it is none. */
  read(text: string): Expression | undefined {
    this.#input.value = text;
    return this.#parse();
  }

  #takeText(): void {
    const f = this.#parse();
    if (f) this.#taken(f, this.#input.value);
  }

  #parse(): Expression | undefined {
    this.#position = undefined;
    try {
      return parseExpression(this.#input.value);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.#position = error.position;
      return undefined;
    } finally {
      this.#showFault();
    }
  }

  #showFault(): void {
    const position = this.#position;
    this.#input.setAttribute("aria-invalid", String(position !== undefined));
    setText(this.#wrong, position === undefined ? "" : this.#texts.strings.differences.wrong(position));
  }
}
