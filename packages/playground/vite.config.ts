import { defineConfig } from "vite";
import { serveMnist } from "./serve-mnist.js";

export default defineConfig({
  // The page may be in any folder of a host, so its links are relative.
  base: "./",
  appType: "mpa",
  plugins: [serveMnist()],
  worker: { format: "es" },
  build: { target: "es2022", modulePreload: { polyfill: false } },
});
