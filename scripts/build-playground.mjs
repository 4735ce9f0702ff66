// Builds the page as a static site: with `--site` one that links to the API and the essay beside it, with `--single-file`
// one HTML file that opens from the disk.
import { parseArgs } from "node:util";
import { main, run } from "./tools.mjs";

main(() => {
  const option = { type: /** @type {const} */ ("boolean"), default: false };
  const { values } = parseArgs({ options: { site: option, "single-file": option } });
  const mode = values["single-file"] ? ["--mode", "single-file"] : values.site ? ["--mode", "site"] : [];
  if (!run("vite", ["build", "packages/playground", ...mode], { show: true }).ok) process.exitCode = 1;
});
