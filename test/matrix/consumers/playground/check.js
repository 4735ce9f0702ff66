// Uses the playground as its visitors do, and sends what it shows.
import { send, sendError } from "./send.js";

const frame = document.querySelector("iframe");
const find = (selector) => frame.contentDocument?.querySelector(selector);
const text = (selector) => find(selector)?.textContent.trim() ?? "";
const steps = (method) => Number(text(`#${method} [data-value=steps]`).replace(",", ""));

use().then((main) => send({ main }), sendError);

async function use() {
  // The first images are there before. NumPy's accuracies are those after an epoch on all images.
  await until("all images", () => find("fieldset")?.disabled === false && find("#loading").hidden);
  find("button[name=run]").click();
  await until("an epoch", () => steps("numerical") > 600 && steps("backprop") > 600);
  find("button[name=run]").click();
  await until("a pause", () => text("button[name=run]") === "Resume" && steps("numerical") === steps("backprop"));
  await until("accuracies", () => ["numerical", "backprop"].every((method) => valuesOf(method).test !== "–"));
  // A vertical line, drawn by keys.
  for (const key of [...Array(12).fill("ArrowUp"), " ", ...Array(24).fill("ArrowDown")]) press(key);
  await until("an answer", () => text("#said") !== "");
  const said = text("#said");
  return { numerical: valuesOf("numerical"), backprop: valuesOf("backprop"), said, refused: await refusals() };
}

/** The directives by which the page's policy refuses a script in the page and an image of another host. */
async function refusals() {
  const page = frame.contentDocument;
  const directives = new Set();
  page.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => directives.add(effectiveDirective));
  const script = page.createElement("script");
  script.textContent = "window.intruder = true;";
  const image = page.createElement("img");
  image.src = "http://127.0.0.1:9/image.png";
  page.body.append(script, image);
  await until("a policy", () => directives.size === 2);
  return frame.contentWindow.intruder ? ["nothing"] : [...directives].sort();
}

function valuesOf(method) {
  const { train, test } = find(`#${method} .whole`).dataset;
  return { train, test };
}

function press(key) {
  find("#paper").dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
}

/** Waits for what the page shows; the page's own failures end that. */
async function until(what, isThere) {
  for (const end = Date.now() + 80_000; Date.now() < end; ) {
    if (isThere()) return;
    if (find("#failure")?.hidden === false) throw new Error(text("#failure pre"));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the playground shows no sign of ${what}`);
}
