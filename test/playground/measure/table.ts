import type { Bytes } from "./bytes.js";
import type { Opening, Times } from "./opening.js";
import { type Pace, SECONDS } from "./pace.js";
import { type Memory, megabytes, type Sample } from "./soak.js";

export interface Figures {
  readonly bytes: Bytes;
  readonly opening: Opening;
  /** At the machine's own speed, and slowed. */
  readonly fast: Pace;
  readonly slow: Pace;
  readonly memory: Memory;
}

/** The figures as a table, with the goals that they are to meet. */
export function toMarkdown({ bytes, opening, fast, slow, memory }: Figures): string {
  const rows: [what: string, goal: string, found: string][] = [
    ["a run can be started, first load", "1,500 ms", times(opening.first)],
    ["a run can be started, later loads", "1,500 ms", times(opening.again)],
    ["loaded before the first step, through gzip", "350 KB", kilobytes(bytes.all)],
    ["of it, the first images of MNIST", "300 KB", kilobytes(bytes.images)],
    ["frames a second while training", "60", fast.framesPerSecond.toFixed(0)],
    ["longest task of the page", "50 ms", task(fast)],
    ["Pause", "", times(fast.pause)],
    [`frames a second, page slowed ${slow.factor} times`, "at least 30", slow.framesPerSecond.toFixed(0)],
    [`longest task, page slowed ${slow.factor} times`, "", task(slow)],
    [`Pause, page slowed ${slow.factor} times`, "300 ms", times(slow.pause)],
    [`heap of the page after ${minutes(memory)} of training`, "no growth", growth(memory, (sample) => sample.page)],
    ["heap of its workers", "no growth", growth(memory, (sample) => sample.workers)],
    ["nodes of the document", "no growth", counted(memory, (sample) => sample.nodes)],
    ["listeners of events", "no growth", counted(memory, (sample) => sample.listeners)],
  ];
  const steps = (memory.samples.at(-1)?.steps ?? 0).toLocaleString("en-US");
  return `| what | goal | found |
| --- | --- | --- |
${rows.map((row) => `| ${row.join(" | ")} |`).join("\n")}

Times are the shortest, the median and the longest. The page made ${steps} steps with each network in ${minutes(memory)}, and
showed a new test image every second.
`;
}

function times({ shortest, median, longest }: Times): string {
  return `${[shortest, median, longest].map((time) => time.toFixed(0)).join(" / ")} ms`;
}

function task({ longestTask, longTasks }: Pace): string {
  return longTasks === 0
    ? "none above 50 ms"
    : `${longestTask.toFixed(0)} ms; ${longTasks} above 50 ms in ${SECONDS} s`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}

function minutes({ seconds }: Memory): string {
  return seconds < 120 ? `${seconds} seconds` : `${(seconds / 60).toFixed(0)} minutes`;
}

/** The least bytes in the second quarter of the time and in the last one: a heap that grows has more in the last. */
function growth({ samples }: Memory, value: (sample: Sample) => number): string {
  const quarter = Math.floor(samples.length / 4);
  const least = (from: number) => Math.min(...samples.slice(from, from + quarter).map(value));
  return `${megabytes(least(quarter))} in the second quarter, ${megabytes(least(samples.length - quarter))} in the last`;
}

function counted({ samples }: Memory, value: (sample: Sample) => number): string {
  const quarter = Math.floor(samples.length / 4);
  return `${value(samples[quarter]!)} after a quarter, ${value(samples.at(-1)!)} at the end`;
}
