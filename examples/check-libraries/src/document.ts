import { markdownTable } from "numgrad-benchmark/report";
import { optionsText, settingText } from "./case.js";
import type { Outcome, Result } from "./check.js";
import { FINDINGS, type Finding, findingOf } from "./findings.js";
import { nameOf } from "./problem.js";
import type { Sensitivity } from "./sensitivity.js";
import type { ModelReport } from "./tfjs/model.js";

/** What the document says besides the results. */
export interface Circumstances {
  readonly packages: readonly string[];
  readonly date: string;
  readonly model: ModelReport;
  /** How well errors are found, for each library with each backend. */
  readonly sensitivities: readonly (readonly [name: string, sensitivity: Sensitivity])[];
}

const OUTCOMES: readonly Outcome[] = ["ok", "kink", "undecided", "wrong", "none"];

/** docs/checked-libraries.md. */
export function document(results: readonly Result[], circumstances: Circumstances): string {
  const sections = [
    introduction(circumstances),
    countTable(results),
    "## Wrong gradients",
    "Each was verified by hand; the arithmetic stands beside it. `y` are the outputs, numbered from 0 in row-major order. _Right_ is what the differences say.",
    ...FINDINGS.map((finding) => findingText(finding, results)),
    "## At a kink",
    "The function has another slope on each side; the gradient given is between them, so it is a subgradient.",
    list(results, "kink"),
    "## Undecided",
    "The function jumps at the input, or it has a kink so close to it that float32 cannot tell the slopes apart.",
    list(results, "undecided"),
    "## Without a gradient",
    "The library throws an error, which is sound, with two exceptions. If the message names the shape of the gradient, that shape is wrong. If the message names f, its value is not finite, where the right one is: softplus(100) = 100 and logSigmoid(−100) = −100.",
    missingTable(results),
    "## How well errors are found",
    sensitivityText(circumstances),
    modelText(circumstances.model),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function introduction({ packages, date }: Circumstances): string {
  return `# Checked libraries

The gradients of TensorFlow.js, jax-js and mathjs, operation by operation, checked by \`checkGradient\` with its defaults.
\`npm run check-libraries -- --out docs\` has written this page on ${date}, with ${packages.join(", ")}. Each case is an
operation with shapes and options. The function is a weighted sum of its outputs, in the library's own numbers; the gradient
is the library's (\`tf.grads\`, \`grad\`, \`derivative\`), by all inputs. For a wrong one the smallest input was searched for
which it is still wrong. The cases are in [examples/check-libraries](../examples/check-libraries).`;
}

function countTable(results: readonly Result[]): string {
  const rows = groups(results).map(([name, group]) => {
    const counts = OUTCOMES.map((outcome) => group.filter((result) => result.outcome === outcome).length);
    return [name, ...[group.length, ...counts].map(String)];
  });
  const numbers = ["cases", "ok", "at a kink", "undecided", "wrong", "no gradient"];
  return markdownTable([{ heading: "library" }, ...numbers.map((heading) => ({ heading, numeric: true }))], rows);
}

/** The results of each library with each backend. */
function groups(results: readonly Result[]): [string, Result[]][] {
  const names = [...new Set(results.map(({ subject }) => nameOf(subject)))];
  return names.map((name) => [name, results.filter(({ subject }) => nameOf(subject) === name)]);
}

function findingText(finding: Finding, results: readonly Result[]): string {
  const found = results.filter(
    ({ subject, example, outcome }) =>
      outcome === "wrong" && findingOf(subject.library, subject.backend, example.op) === finding,
  );
  if (found.length === 0) return "";
  const [first] = [...found].sort((a, b) => sizeOf(a) - sizeOf(b));
  const where = [...new Set(found.map(({ subject }) => subject.backend))].join(", ");
  const cases = `${found.length} case${found.length === 1 ? "" : "s"}`;
  const options = optionsText(first!.example.setting).join(", ");
  return `### ${finding.library}: ${finding.title}

${cases} (${where}). The smallest, \`${first!.example.op}\`${options === "" ? "" : ` with ${options}`}:

\`\`\`text
${first!.lines!.join("\n")}
\`\`\`

${finding.arithmetic}`;
}

function sizeOf({ smallest }: Result): number {
  return smallest!.inputs.reduce((size, { values }) => size + values.length, smallest!.weights.length);
}

function list(results: readonly Result[], outcome: Outcome): string {
  const rows = results.filter((result) => result.outcome === outcome);
  const lines = rows.map((result) => {
    const { worst } = result.report!;
    const { left, right, got, reason } = worst[0]!;
    const slopes =
      left === undefined || right === undefined
        ? reason
        : `slopes ${digits(left)} and ${digits(right)}, given ${digits(got)}`;
    return `- ${nameOf(result.subject)}: \`${result.example.op}\` (${settingText(result.example)}): ${slopes}`;
  });
  return lines.length === 0 ? "None." : lines.join("\n");
}

function missingTable(results: readonly Result[]): string {
  const reasons = new Map<string, Set<string>>();
  for (const result of results) {
    if (result.outcome !== "none") continue;
    const reason = result.reason!.replace("gradient threw at x: ", "").replaceAll("|", "\\|");
    const key = JSON.stringify([result.subject.library, reason]);
    reasons.set(key, (reasons.get(key) ?? new Set()).add(`\`${result.example.op}\``));
  }
  const rows = [...reasons].map(([key, ops]) => [[...ops].join(", "), ...(JSON.parse(key) as [string, string])]);
  return markdownTable([{ heading: "operations" }, { heading: "library" }, { heading: "message" }], rows);
}

function sensitivityText({ sensitivities }: Circumstances): string {
  const rows = sensitivities.map(([name, { right, falseAlarms, planted, found, missed }]) => {
    const names = missed.length === 0 ? "–" : missed.map((op) => `\`${op}\``).join(", ");
    return [name, String(right), String(falseAlarms), `${found} of ${planted}`, names];
  });
  const numbers = ["right gradients", "called wrong", "× 1.01 found"].map((heading) => ({ heading, numeric: true }));
  return `A gradient counts as right if no finding above concerns its operation. Of those that are not 0, 1.01 times the gradient was
checked too.

${markdownTable([{ heading: "library" }, ...numbers, { heading: "missed" }], rows)}`;
}

function modelText({ size, right, planted }: ModelReport): string {
  const rows = planted.map(({ error, tensor, verdict, found, evaluations }) => {
    return [error, tensor, verdict, found.join(", "), String(evaluations)];
  });
  const texts = ["error", "in", "verdict", "found in"].map((heading) => ({ heading }));
  return `A network of ${size.toLocaleString("en")} parameters in TensorFlow.js, cpu, float32: its gradient is "${right.verdict}" in
${right.evaluations} evaluations. Errors in the gradient of one tensor:

${markdownTable([...texts, { heading: "evaluations", numeric: true }], rows)}`;
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
