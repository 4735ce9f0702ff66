// The lesson: an article about the chapter. At each stop the reader predicts, and then the answer is revealed.
import { add, setText } from "../elements.js";
import { STOPS, type StopName } from "../strings/lesson/lesson.js";
import type { Texts } from "../strings/texts.js";
import { drawLessonFigure } from "./lesson-figures.js";

/** The right one of each stop's three choices. */
const RIGHT: Readonly<Record<StopName, number>> = {
  ...{ secant: 1, order: 1, rounding: 2, rate: 2, count: 2, digits: 2, both: 1 },
};

/**
 * Where an answer has been scrolled to: in the upper part of the window, or above it. Without what is above, an answer
 * that passes this part between two frames would stay covered.
 */
const READ = "1000000px 0px -75% 0px";

/** Fills the section with the lesson. `tries` set the controls of the parts to a stop's question, and go there. */
export function showLesson(section: Element, texts: Texts, tries: Readonly<Record<StopName, () => void>>): void {
  texts.show(add(section, "h2", { id: "lesson-title" }), ({ lesson }) => lesson.title);
  texts.show(add(section, "p", { class: "intro" }), ({ lesson }) => lesson.intro);
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) target.classList.remove("covered");
    },
    { rootMargin: READ },
  );
  for (const name of STOPS) observer.observe(addStop(section, name, texts, tries[name]));
}

/** Adds a stop. Returns the answer, which is covered. */
function addStop(section: Element, name: StopName, texts: Texts, tryIt: () => void): HTMLElement {
  const article = add(section, "article", { class: "question", "aria-labelledby": `stop-${name}` });
  const words = add(article, "div");
  texts.show(add(words, "h3", { id: `stop-${name}` }), ({ lesson }) => lesson.stops[name].title);
  texts.show(add(words, "p"), ({ lesson }) => lesson.stops[name].text);
  const fieldset = add(words, "fieldset");
  texts.show(add(fieldset, "legend"), ({ lesson }) => lesson.stops[name].question);
  const answer = add(words, "div", { class: "answer covered" });
  const verdict = add(answer, "strong", { role: "status" });
  texts.show(add(answer, "p"), ({ lesson }) => lesson.stops[name].answer);
  const button = add(answer, "button", { type: "button" });
  texts.show(button, ({ lesson }) => lesson.tryIt);
  button.addEventListener("click", tryIt);
  let chosen: number | undefined;
  const say = () => {
    const { right, wrong } = texts.strings.lesson;
    setText(verdict, chosen === undefined ? "" : chosen === RIGHT[name] ? right : wrong);
  };
  for (const choice of [0, 1, 2] as const) {
    const label = add(fieldset, "label");
    const input = add(label, "input", { type: "radio", name: `predict-${name}`, value: choice });
    texts.show(add(label, "span"), ({ lesson }) => lesson.stops[name].choices[choice]);
    input.addEventListener("change", () => {
      chosen = choice;
      answer.classList.remove("covered");
      say();
    });
  }
  texts.follow(say);
  drawLessonFigure(article, name, texts);
  return answer;
}
