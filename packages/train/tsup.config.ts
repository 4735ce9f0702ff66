import { copyFileSync } from "node:fs";
import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/main.ts"],
  format: "esm",
  platform: "node",
  target: "node20.16",
  // These packages of the repository are private, so they become part of the program.
  noExternal: ["numgrad-mnist-files", "numgrad-predictions", /^numgrad-program/],
  clean: true,
  onSuccess: async () => copyFileSync("../../LICENSE", "LICENSE"),
});
