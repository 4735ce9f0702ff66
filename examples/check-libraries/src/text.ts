import { type Case, settingText } from "./case.js";
import type { Result } from "./check.js";
import { type Place, reportAt, type Subject } from "./problem.js";

/** One result in a line, and for a wrong one the smallest input. */
export function resultText({ example, outcome, reason, report, lines }: Result): string {
  const title = `${outcome.padEnd(9)} ${example.op} (${settingText(example)})`;
  if (reason !== undefined) return `${title}: ${reason}`;
  const why = report?.worst[0]?.reason;
  if (!lines) return why === undefined ? title : `${title}: ${why}`;
  return [title, ...lines.map((line) => `          ${line}`)].join("\n");
}

/** The smallest input for which a gradient is wrong, the function, and both gradients. */
export function smallestLines(subject: Subject, example: Case, place: Place): string[] {
  const { gradient, x } = subject.problem(example, place);
  const report = reportAt(subject, example, place);
  const got = Array.from(gradient(x), Number);
  const right = got.map((value, i) => report.worst.find(({ index }) => index === i)?.expected ?? value);
  const inputs = place.inputs.map(({ shape, values }) => `[${values.map(short).join(", ")}] of shape [${shape}]`);
  return [
    `input     ${inputs.join("; ")}`,
    `function  ${functionText(place.weights)}`,
    `gradient  [${got.map(short).join(", ")}]`,
    `right     [${right.map(short).join(", ")}]`,
  ];
}

/** The weighted sum of the outputs y, which are numbered in row-major order. */
function functionText(weights: readonly number[]): string {
  const terms = weights.flatMap((weight, i) =>
    weight === 0 ? [] : [weight === 1 ? `y${i}` : `${short(weight)}·y${i}`],
  );
  return terms.length > 8 ? `${terms.slice(0, 8).join(" + ")} + …` : terms.join(" + ");
}

/** A number with at most five digits. */
function short(value: number): string {
  return String(Number(value.toPrecision(5)));
}
