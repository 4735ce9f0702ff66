import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Exit code and output of a program. */
export interface Ended {
  code: unknown;
  stdout: string;
  stderr: string;
}

/** Runs a TypeScript file of the repository to its end. */
export function runProgram(path: string, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, ["--import", "tsx", path, ...args], { cwd: root });
  const ended = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      ended[stream] += text;
    });
  }
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...ended })));
}

/** Limits a search in an output to the lines after the first one that begins with `from`. */
export interface From {
  from?: string;
}

/** The output of a program, which is searched for labels: the beginnings of its lines. */
export class ProgramOutput {
  readonly name: string;
  readonly text: string;

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text;
  }

  /** The `count` lines below the first line that begins with `label`. */
  below(label: string, count: number, { from = "" }: From = {}): string[] {
    const lines = this.#from(label, this.#from(from, this.text.split("\n")));
    return lines.slice(1, 1 + count);
  }

  /** The rest of the first line that begins with `label`. */
  after(label: string, { from = "" }: From = {}): string {
    const [line] = this.#from(label, this.#from(from, this.text.split("\n")));
    return line!.slice(label.length);
  }

  /** The numbers in the rest of the first line that begins with `label`. */
  numbers(label: string, from?: From): number[] {
    return numbersIn(this.after(label, from));
  }

  #from(label: string, lines: string[]): string[] {
    const start = lines.findIndex((line) => line.startsWith(label));
    if (start < 0) expect.fail(`${this.name} prints no line that begins with ${label}`);
    return lines.slice(start);
  }
}

/** All numbers in a text. */
export function numbersIn(text: string): number[] {
  return Array.from(text.matchAll(/-?\d+(\.\d*)?(e[+-]?\d+)?/g), ([digits]) => Number(digits));
}
