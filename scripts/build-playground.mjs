// Builds the page as a static site: with `--site` one that links to the API and the essay beside it, with `--single-file`
// one HTML file that opens from the disk.
import { parseArgs } from "node:util";
import { Failure, main, run } from "./tools.mjs";

main(() => {
  const option = { type: /** @type {const} */ ("boolean") };
  const { values } = parseArgs({ options: { site: option, "single-file": option } });
  // The options have the names of Vite's modes.
  const modes = Object.keys(values);
  if (modes.length > 1) throw new Failure("--site and --single-file: give one of them");
  const command = ["build", "packages/playground", ...modes.flatMap((mode) => ["--mode", mode])];
  if (!run("vite", command, { show: true }).ok) process.exitCode = 1;
});
