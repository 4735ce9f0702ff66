import { defineConfig } from "vite";
import { serveMnist } from "./serve-mnist.js";

export default defineConfig({
  // One page, which may lie in any folder of a host.
  base: "./",
  appType: "mpa",
  plugins: [serveMnist()],
  worker: { format: "es" },
  build: { target: "es2022", modulePreload: { polyfill: false } },
});
