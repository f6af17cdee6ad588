import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { faceModel } from "./scripts/face-model.mjs";

// The pages of the service allow no inline script or style and no other host, so nothing is inlined.
export default defineConfig({
  plugins: [vue(), faceModel(process.env.WEB_FACE_MODEL)],
  worker: { format: "es" },
  build: {
    outDir: process.env.WEB_OUT ?? "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    target: ["es2020", "chrome97", "safari16", "firefox102"],
    rolldownOptions: {
      input: { index: "index.html", sw: "src/sw.ts" },
      output: {
        entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
        // What the first page needs is one file: in a hall each request costs more than its bytes.
        codeSplitting: { groups: [{ name: "core", test: /node_modules\/(@vue|vue|vue-router|openapi-fetch)\/|src\/(api|words\/(words|core|home)|lib\/(loading|me|sending|kept|times|app-name))/ }] },
      },
    },
  },
  define: { __BUILD__: JSON.stringify(process.env.WEB_BUILD ?? "dev"), __VUE_OPTIONS_API__: "false", __VUE_PROD_DEVTOOLS__: "false" },
});
