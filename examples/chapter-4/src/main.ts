// Runs all programs of the chapter, or some of them: npm run chapter-4 -- 5 8
import { readdirSync } from "node:fs";

/** The programs by their numbers: 1 → 01-losses.ts */
const programs = new Map(
  readdirSync(new URL(".", import.meta.url))
    .filter((file) => /^\d\d-.*\.ts$/.test(file))
    .sort()
    .map((file) => [String(Number(file.slice(0, 2))), file]),
);

const HELP = `The programs of chapter 4, all of them or some.

  npm run chapter-4 -- [numbers]

${[...programs].map(([number, file]) => `  ${number.padStart(2)}  ${file.slice(3, -3).replaceAll("-", " ")}`).join("\n")}
`;

/**
 * The exit code of a program that SIGPIPE ends, as before a `| head`. Node ignores this signal and reports an error.
 */
const CLOSED_PIPE = 141;

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(CLOSED_PIPE);
});

process.exitCode = await main(process.argv.slice(2));

/** Returns the exit code. */
async function main(args: string[]): Promise<number> {
  if (args.includes("--help")) {
    process.stdout.write(HELP);
    return 0;
  }
  const wrong = args.find((number) => !programs.has(number));
  if (wrong !== undefined) {
    console.error(`${wrong}: expected the number of a program, 1 to ${programs.size} (--help lists them)`);
    return 2;
  }
  // Each program runs once, because a module that has been imported does not run again.
  const chosen = new Set(args.length > 0 ? args : programs.keys());
  let first = true;
  for (const number of chosen) {
    if (!first) console.log("\n");
    first = false;
    await import(`./${programs.get(number)}`);
  }
  return 0;
}
