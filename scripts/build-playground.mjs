// Builds the page as a static site, or with `--single-file` as one HTML file that opens from the disk.
import { parseArgs } from "node:util";
import { main, run } from "./tools.mjs";

main(() => {
  const { values } = parseArgs({ options: { "single-file": { type: "boolean", default: false } } });
  const mode = values["single-file"] ? ["--mode", "single-file"] : [];
  if (!run("vite", ["build", "packages/playground", ...mode], { show: true }).ok) process.exitCode = 1;
});
