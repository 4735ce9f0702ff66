// Reads a command line by a table of its options.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** A wrong option or value. The message is the one line that the user reads. */
export class UsageError extends Error {}

/** An option of the command line. */
export interface Option<T> {
  /** Stands for the value in the help; undefined for an option without a value. */
  readonly placeholder: string | undefined;
  /** What the option does, for the help. */
  readonly help: string;
  /**
   * Returns the value of the option. `text` is undefined if the option is not given.
   *
   * @throws {UsageError} if the text is no value of this option.
   */
  readonly read: (flag: string, text: string | undefined) => T;
  /** A letter that stands for the option after a single dash. */
  readonly short?: string;
}

/** Options by their names in the program: `batchSize` is `--batch-size`. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The values of all options of a table. */
export type OptionValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer T> ? T : never;
};

/** The texts of the options that are given, by the names of the options. An option without a value has the text "". */
export type GivenOptions = ReadonlyMap<string, string>;

/** The option with this name as a user writes it. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * Splits a command line into options.
 *
 * @throws {UsageError} for an unknown option, a missing value, or an argument that is no option.
 */
export function splitCommandLine(args: readonly string[], table: OptionTable): GivenOptions {
  const names = new Map(Object.keys(table).map((name) => [flagOf(name).slice(2), name]));
  const config = Array.from(names, ([flag, name]) => {
    const { placeholder, short } = table[name]!;
    const type: "boolean" | "string" = placeholder === undefined ? "boolean" : "string";
    return [flag, short === undefined ? { type } : { type, short }] as const;
  });
  try {
    const { values } = parseArgs({ args: joinNumbers(args), options: Object.fromEntries(config), strict: true });
    return new Map(Object.entries(values).map(([flag, text]) => [names.get(flag)!, text === true ? "" : String(text)]));
  } catch (error) {
    // The messages of parseArgs continue with several lines of advice.
    const [first] = (error as Error).message.split(/\.\s/, 1);
    throw new UsageError(`${first} (--help lists the options)`);
  }
}

/** Joins `--seed -1` to `--seed=-1`, because parseArgs would take the -1 for an option. */
function joinNumbers(args: readonly string[]): string[] {
  const result: string[] = [];
  for (const arg of args) {
    const last = result.at(-1);
    const isValue = /^-[\d.]/.test(arg) && last !== undefined && /^--[a-z-]+$/.test(last);
    if (isValue) result[result.length - 1] = `${last}=${arg}`;
    else result.push(arg);
  }
  return result;
}

/**
 * Reads the values of all options of a table.
 *
 * @throws {UsageError} for the first wrong value.
 */
export function readOptions<Table extends OptionTable>(table: Table, given: GivenOptions): OptionValues<Table> {
  const values = Object.entries(table).map(([name, { read }]) => [name, read(flagOf(name), given.get(name))]);
  return Object.fromEntries(values);
}

/** Lines of the help, one for each option of a table. */
export function formatHelp(table: OptionTable): string {
  const lines = Object.entries(table).map(([name, { placeholder, help }]) => {
    const flag = placeholder === undefined ? flagOf(name) : `${flagOf(name)} ${placeholder}`;
    return `  ${flag.padEnd(34)}${help}`.trimEnd();
  });
  return lines.join("\n");
}

/** One of some words; the first one is the default. */
export function choice<T extends string>(choices: readonly [T, ...T[]], help: string): Option<T> {
  return {
    placeholder: choices.join("|"),
    help: withDefault(help, choices[0]),
    read: (flag, text) => {
      if (text === undefined) return choices[0];
      const found = choices.find((word) => word === text);
      if (found === undefined) throw new UsageError(`${flag}: expected ${choices.join(" or ")}, got ${show(text)}`);
      return found;
    },
  };
}

/** An integer from `min` to `max`; `standard` is the value if the option is not given. */
export function integer<T extends number | undefined>(
  { min, max = Number.MAX_SAFE_INTEGER, standard }: { min: number; max?: number; standard: T },
  help: string,
): Option<number | T> {
  const range = max < Number.MAX_SAFE_INTEGER ? `from ${min} to ${max}` : `of at least ${min}`;
  return {
    placeholder: "N",
    help: withDefault(help, standard),
    read: (flag, text) => {
      if (text === undefined) return standard;
      const number = toNumber(text);
      if (Number.isSafeInteger(number) && number >= min && number <= max) return number;
      throw new UsageError(`${flag}: expected an integer ${range}, got ${show(text)}`);
    },
  };
}

/** A positive number; `standard` is the value if the option is not given. */
export function positive(standard: number, help: string): Option<number> {
  return {
    placeholder: "X",
    help: withDefault(help, standard),
    read: (flag, text) => {
      if (text === undefined) return standard;
      const number = toNumber(text);
      if (Number.isFinite(number) && number > 0) return number;
      throw new UsageError(`${flag}: expected a positive number, got ${show(text)}`);
    },
  };
}

/** The path of a file or a directory, or its file: URL. */
export function path(kind: "file" | "directory", help: string): Option<string | undefined> {
  return {
    placeholder: kind === "file" ? "FILE" : "DIR",
    help,
    read: (flag, text) => {
      if (text === "") throw new UsageError(`${flag}: expected a ${kind}, got nothing`);
      return text === undefined || !/^file:/i.test(text) ? text : toPath(flag, text, kind);
    },
  };
}

function toPath(flag: string, url: string, kind: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw new UsageError(`${flag}: expected a ${kind} or its file: URL, got ${show(url)}`);
  }
}

/** An option without a value: true if it is given. `short` is a letter that stands for it. */
export function flag(help: string, short?: string): Option<boolean> {
  const read = (_: string, text: string | undefined) => text !== undefined;
  return { placeholder: undefined, help, read, ...(short !== undefined && { short }) };
}

function withDefault(help: string, standard: string | number | undefined): string {
  return standard === undefined ? help : `${help} (${standard})`;
}

/** A number in decimal notation; NaN for any other text (`Number` would read "" as 0 and "0x10" as 16). */
function toNumber(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

function show(text: string): string {
  return text === "" ? "nothing" : text;
}
