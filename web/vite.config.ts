import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { faceModel } from "./scripts/face-model.mjs";
import { pageFiles } from "./scripts/page-files";
import { stylesFirst } from "./scripts/styles-first";

// The pages of the service allow no inline script or style and no other host, so nothing is inlined.
export default defineConfig({
  plugins: [vue(), faceModel(process.env.WEB_FACE_MODEL), pageFiles("src/router.ts"), stylesFirst()],
  worker: { format: "es" },
  build: {
    outDir: process.env.WEB_OUT ?? "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: false, // all styles are some 6 kB: one request, and no page that shows before its own
    modulePreload: { polyfill: false },
    manifest: true,
    license: { fileName: "licenses.md" }, // what the licences of the packages in it ask for
    target: ["es2020", "chrome97", "safari16", "firefox102"],
    rolldownOptions: {
      input: { index: "index.html", sw: "src/sw.ts" },
      output: {
        entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
        // What the first page needs is one file, and what the pages with a camera share another: in a hall each request costs more than its bytes.
        codeSplitting: {
          groups: [
            { name: "core", test: /plugin-vue:export-helper|vite\/preload-helper|node_modules\/(@vue|vue|vue-router|openapi-fetch)\/|src\/(api|words\/(words|core|home)|lib\/(loading|me|sending|kept|database|times|keys|waits|otp|builds|app-name|headings)|components\/(MoreButton|StandingPill))/ },
            { name: "camera", test: /src\/(components\/(CameraView|PickFile)|lib\/(camera|camera-problems|pictures|ticket|venue-codes)\.|words\/check-in)/ },
          ],
        },
      },
    },
  },
  define: { __BUILD__: JSON.stringify(process.env.WEB_BUILD ?? "dev"), __VUE_OPTIONS_API__: "false", __VUE_PROD_DEVTOOLS__: "false" },
});
