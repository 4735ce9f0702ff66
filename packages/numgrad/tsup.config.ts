import { copyFileSync } from "node:fs";
import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts"],
  format: "esm",
  platform: "neutral",
  target: "es2022",
  dts: true,
  clean: true,
  // A base64 string is a literal: it tree-shakes, and nothing is decoded before the first use.
  loader: { ".wasm": "base64" },
  onSuccess: async () => {
    copyFileSync("src/wasm/generated/core_bg.wasm", "dist/core.wasm");
    // npm takes both from the package's own folder.
    for (const name of ["README.md", "LICENSE"]) copyFileSync(`../../${name}`, name);
  },
});
