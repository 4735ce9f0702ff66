import { copyFileSync } from "node:fs";
import { defineConfig } from "tsup";

export default defineConfig({
  entry: { main: "src/main.ts", thread: "src/trial/thread.ts" },
  format: "esm",
  platform: "node",
  target: "node20.16",
  // The package of the repository is private, so it becomes part of the program.
  noExternal: ["numgrad-mnist-files"],
  clean: true,
  onSuccess: async () => copyFileSync("../../LICENSE", "LICENSE"),
});
