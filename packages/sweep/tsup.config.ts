import { copyFileSync } from "node:fs";
import { defineConfig } from "tsup";

export default defineConfig({
  entry: { main: "src/main.ts", thread: "src/trial/thread.ts" },
  format: "esm",
  platform: "node",
  target: "node20.16",
  // These packages of the repository are private, so they become part of the program.
  noExternal: ["numgrad-mnist-files", /^numgrad-program/],
  clean: true,
  onSuccess: async () => copyFileSync("../../LICENSE", "LICENSE"),
});
