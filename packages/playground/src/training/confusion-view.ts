// The part about what a network confuses: how often it reads each digit as each digit.
import { add, setText } from "../elements.js";
import { COUNT } from "../numbers.js";
import type { Texts } from "../strings/texts.js";
import { countRight } from "./confusion.js";
import { ARROWS } from "./pointing.js";
import type { Confusion, Reading } from "./protocol.js";
import { DIGITS } from "./weights.js";

/** A table of counts: a row for each digit, a column for what the network says. A reader chooses a cell by click or keys. */
export class ConfusionView {
  readonly #texts: Texts;
  readonly #note: HTMLElement;
  readonly #cells: readonly HTMLTableCellElement[];
  readonly #chosen: (reading: Reading) => void;
  #confusion: Confusion | undefined;
  #isSeen = false;
  #drawn: Confusion | undefined;

  /** @param chosen Called with the cell that a reader chooses. */
  constructor(section: HTMLElement, texts: Texts, chosen: (reading: Reading) => void) {
    this.#texts = texts;
    this.#chosen = chosen;
    texts.show(add(section, "h2", { id: "confusion-title" }), ({ confusion }) => confusion.title);
    texts.show(add(section, "p", { class: "intro" }), ({ confusion }) => confusion.intro);
    this.#note = add(section, "p", { class: "hint note" });
    const table = add(section, "table", { role: "grid", "aria-describedby": "confusion-keys" });
    texts.name(table, "aria-label", ({ confusion }) => confusion.title);
    texts.show(add(table, "caption"), ({ confusion }) => confusion.axes);
    this.#cells = this.#addCells(table);
    texts.show(add(section, "p", { class: "hint", id: "confusion-keys" }), ({ confusion }) => confusion.keys);
    new IntersectionObserver((entries) => {
      this.#isSeen = entries.at(-1)?.isIntersecting ?? false;
      this.#draw();
    }).observe(section);
    texts.follow(() => {
      this.#drawn = undefined;
      this.#draw();
    });
  }

  /** Shows the newest counts. While nobody sees them they are not drawn. */
  draw(confusion: Confusion | undefined): void {
    this.#confusion = confusion;
    this.#draw();
  }

  #addCells(table: HTMLTableElement): HTMLTableCellElement[] {
    const head = add(add(table, "thead"), "tr");
    add(head, "td");
    for (let said = 0; said < DIGITS; said++) add(head, "th", { scope: "col" }).textContent = String(said);
    const body = add(table, "tbody");
    const cells: HTMLTableCellElement[] = [];
    for (let label = 0; label < DIGITS; label++) {
      const row = add(body, "tr");
      add(row, "th", { scope: "row" }).textContent = String(label);
      for (let said = 0; said < DIGITS; said++) {
        const tabindex = cells.length === 0 ? 0 : -1;
        cells.push(add(row, "td", { class: label === said ? "hit" : "miss", tabindex }));
      }
    }
    body.addEventListener("click", ({ target }) => this.#choose(cells.indexOf(target as HTMLTableCellElement)));
    body.addEventListener("keydown", (event) =>
      this.#press(event, cells.indexOf(event.target as HTMLTableCellElement)),
    );
    return cells;
  }

  #choose(index: number): void {
    const cell = this.#cells[index];
    if (!cell) return;
    this.#focus(cell);
    this.#chosen(readingOf(index));
  }

  #press(event: KeyboardEvent, index: number): void {
    const arrow = ARROWS[event.key];
    if (arrow) {
      const { label, said } = readingOf(index);
      const within = (digit: number) => Math.max(0, Math.min(DIGITS - 1, digit));
      this.#focus(this.#cells[within(label + arrow[1]) * DIGITS + within(said + arrow[0])]!);
    } else if (event.key === "Enter" || event.key === " ") this.#choose(index);
    else return;
    event.preventDefault();
  }

  /** One cell of the table is a stop of the Tab key: the one that had the focus last. */
  #focus(to: HTMLElement): void {
    for (const cell of this.#cells) if (cell.tabIndex === 0) cell.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  }

  /** Draws counts that are new, or all anew if nothing is drawn. */
  #draw(): void {
    const confusion = this.#confusion;
    if (!confusion || confusion === this.#drawn || (this.#drawn && !this.#isSeen)) return;
    this.#drawn = confusion;
    const words = this.#texts.strings.confusion;
    const { counts, steps } = confusion;
    const total = sumOf(counts);
    const wrong = total - countRight(counts);
    setText(this.#note, words.note(COUNT.format(steps), COUNT.format(wrong), COUNT.format(total)));
    for (let label = 0; label < DIGITS; label++) {
      const row = counts.subarray(label * DIGITS, (label + 1) * DIGITS);
      const images = Math.max(1, sumOf(row));
      for (const [said, count] of row.entries()) {
        const cell = this.#cells[label * DIGITS + said]!;
        setText(cell, count === 0 ? "" : String(count));
        cell.setAttribute("aria-label", words.cell(label, said, count));
        cell.style.setProperty("--part", (count / images).toFixed(3));
      }
    }
  }
}

function sumOf(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The reading of a cell. */
function readingOf(index: number): Reading {
  return { label: Math.floor(index / DIGITS), said: index % DIGITS };
}
