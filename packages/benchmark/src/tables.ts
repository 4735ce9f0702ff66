// The results of races as tables, for the terminal and for Markdown.
import type { RaceResult, Ratio } from "./harness.js";
import { BARRIER } from "./races/cores.js";
import { type Phases, phasesOf, timeOn } from "./races/cores-model.js";
import type { GroupResult } from "./races/setting.js";
import { type Column, markdownTable } from "./report.js";

/** A table, for the terminal or for Markdown. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** The table of a group of races. */
export function tableOf(group: GroupResult): Table {
  if (group.name === "cliffs") return cliffsTable(group.races);
  return group.name === "sizes" ? sizesTable(group.races) : plainTable(group.races);
}

/** A row for each contender. */
function plainTable(races: readonly RaceResult[]): Table {
  const columns = [
    { heading: "what is timed" },
    { heading: "implementation" },
    { heading: "fastest", numeric: true },
    { heading: "median", numeric: true },
    { heading: "ratio of medians", numeric: true },
  ];
  const rows = races.flatMap(({ name, timings }) =>
    timings.map((timing, i) => [
      i === 0 ? name : "",
      timing.note === undefined ? timing.name : `${timing.name} (${timing.note})`,
      formatDuration(timing.minimum),
      formatDuration(timing.median),
      timing.ratio ? `${formatRatio(timing.ratio)} × ${timing.ratio.to}` : "",
    ]),
  );
  return { columns, rows };
}

/** A row for each hidden size and batch size. Its contenders are numgrad's two gradients and then the baseline's. */
function sizesTable(races: readonly RaceResult[]): Table {
  const columns = [
    { heading: "hidden units", numeric: true },
    { heading: "images in a batch", numeric: true },
    { heading: "numgrad, backprop step", numeric: true },
    { heading: "numgrad, numerical step", numeric: true },
    { heading: "numerical / backprop", numeric: true },
    { heading: "TypeScript / numgrad, backprop", numeric: true },
    { heading: "TypeScript / numgrad, numerical", numeric: true },
  ];
  const rows = races.map(({ at, timings }) => {
    const [backprop, numerical, ...plain] = timings;
    const times = [backprop, numerical].map((timing) => formatDuration(timing!.median));
    const ratios = [numerical, ...plain].map((timing) => formatRatio(timing!.ratio!));
    return [`${at?.hidden}`, `${at?.batch}`, ...times, ...ratios];
  });
  return { columns, rows };
}

/** A row for each race. Its contenders are the usual work and then the work that should take little more. */
function cliffsTable(races: readonly RaceResult[]): Table {
  const columns = [
    { heading: "what a user does" },
    { heading: "fastest", numeric: true },
    { heading: "median", numeric: true },
    { heading: "compared with" },
    { heading: "its median", numeric: true },
    { heading: "ratio", numeric: true },
    { heading: "goal", numeric: true },
    { heading: "met" },
  ];
  const rows = races.map(({ name, timings, goal }) => {
    const [usual, own] = timings;
    const ratio = formatRatio(own!.ratio!);
    return [
      name,
      formatDuration(own!.minimum),
      formatDuration(own!.median),
      usual!.name,
      formatDuration(usual!.median),
      ratio,
      `≤ ${goal}`,
      // The ratio counts as it is printed, so that a reader can check the verdict.
      Number(ratio.replaceAll(",", "")) <= goal! ? "yes" : "no",
    ];
  });
  return { columns, rows };
}

/** A table for the terminal: aligned columns with two spaces between them. */
export function textTable({ columns, rows }: Table): string {
  const lines = [columns.map((column) => column.heading), ...rows];
  const widths = columns.map((_, i) => Math.max(...lines.map((cells) => cells[i]!.length)));
  const pad = (cell: string, i: number) => (columns[i]!.numeric ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!));
  return lines.map((cells) => cells.map(pad).join("  ").trimEnd()).join("\n");
}

/** A group of races in Markdown, with a heading of the fourth level. */
export function markdownOf(group: GroupResult): string {
  const { columns, rows } = tableOf(group);
  const paragraphs = [`#### ${group.title}`, group.about, markdownTable(columns, rows)];
  const agreements = formatAgreements(group);
  if (agreements !== "") paragraphs.push(agreements);
  if (group.name === "cores") paragraphs.push(...modelOf(group.races));
  return paragraphs.join("\n\n");
}

/** Numbers of cores for which the model gives times. */
const MODEL_CORES = [4, 8, 16];

/** What a step would take on more cores, in Markdown. */
function modelOf(races: readonly RaceResult[]): string[] {
  const barrier = races.find(({ name }) => name === BARRIER);
  const steps = races.filter(({ at }) => at?.batch === 100);
  if (!barrier || steps.length === 0) return [];
  const gradients = [...new Set(steps.map(({ name }) => name.split(",")[0]!))];
  const models = gradients.map((gradient) => {
    const own = steps.filter(({ name }) => name.startsWith(`${gradient},`));
    return { gradient, own, phases: phasesOf(own, barrier) };
  });
  const columns = [
    { heading: "gradient" },
    { heading: "hidden units", numeric: true },
    { heading: "1 core", numeric: true },
    ...MODEL_CORES.map((cores) => ({ heading: `${cores} cores`, numeric: true })),
  ];
  const rows = models.flatMap(({ gradient, own, phases }) =>
    own.map(({ at }) => {
      const alone = timeOn(1, at!.hidden!, phases);
      const times = MODEL_CORES.map((cores) => timeOn(cores, at!.hidden!, phases));
      const cells = times.map((time) => `${formatDuration(time)} (${threeDigits(alone / time)} × as fast)`);
      return [gradient, `${at!.hidden}`, formatDuration(alone), ...cells];
    }),
  );
  const found = models.map(({ gradient, phases }) => `${gradient}: ${describePhases(phases)}.`);
  return [MODEL_TEXT, ...found, markdownTable(columns, rows)];
}

const MODEL_TEXT =
  "A model of the time of a step of 100 images on more cores, from the times above; nothing beyond it is claimed. One thread takes a time " +
  "that does not grow with the hidden units (serial), and one for each unit. On n cores the serial time stays, the largest " +
  "share of the units remains (shares are multiples of 8 units), each unit costs every thread the time to copy its activations and to add it to all logits " +
  "(traffic, from the steps of two threads, after what this machine's cores take from each other), and the barriers cost n − 1 times what they cost " +
  "two threads. It assumes that each core is as fast as one alone, that the caches hold each share as they hold the whole, and that no other work is on the machine.";

function describePhases({ serial, unit, barrier, traffic, ceiling }: Phases): string {
  const times = `serial ${formatDuration(serial)}, each hidden unit ${formatDuration(unit)}, traffic of each unit ${formatDuration(traffic)}`;
  return `${times}, command and barriers ${formatDuration(barrier)}; two trainings at once make ${threeDigits(ceiling)} times the steps of one`;
}

/** A sentence about the results that were compared; "" if there were none. */
export function formatAgreements({ agreements }: GroupResult): string {
  if (agreements.length === 0) return "";
  const worst = Math.max(...agreements.map(({ error }) => error));
  const results = agreements.length === 1 ? "1 result was" : `${agreements.length} results were`;
  const difference =
    worst === 0 ? "none differs" : `the largest difference is ${worst.toExponential(1)} of the largest number`;
  return `${results} compared with numgrad's: ${difference}.`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A time in a suitable unit, with three digits: `53.1 µs`, `0.531 ms`, `4.17 h`. */
export function formatDuration(ms: number): string {
  if (ms < 1e-3) return `${threeDigits(ms * 1e6)} ns`;
  if (ms < 0.1) return `${threeDigits(ms * 1e3)} µs`;
  if (ms < 1000) return `${threeDigits(ms)} ms`;
  if (ms < 3 * MINUTE) return `${threeDigits(ms / 1000)} s`;
  return ms < 3 * HOUR ? `${threeDigits(ms / MINUTE)} min` : `${threeDigits(ms / HOUR)} h`;
}

/** A ratio with three digits: `2.05`, `31.4`, `312,000`. */
export function formatRatio(ratio: Pick<Ratio, "median">): string {
  return threeDigits(ratio.median);
}

function threeDigits(value: number): string {
  const digits = value.toPrecision(3);
  // Above 999 toPrecision writes powers of ten.
  return Number(digits) >= 1000 ? Number(digits).toLocaleString("en") : digits;
}
