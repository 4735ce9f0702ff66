import { defineConfig } from "vite";
import { mnistFiles } from "./mnist-files.js";

export default defineConfig({
  // One page, which may lie in any folder of a host.
  base: "./",
  appType: "mpa",
  plugins: [mnistFiles()],
  worker: { format: "es" },
  build: { target: "es2022", modulePreload: { polyfill: false } },
});
