import { expect, test } from "vitest";

const components = Object.keys(import.meta.glob("../src/components/*.vue"));
const pages: Record<string, string> = import.meta.glob(["../src/App.vue", "../src/pages/dev/*.vue"], { query: "?raw", import: "default", eager: true });

test("the page of components shows each of them", () => {
  const shown = Object.values(pages).join("\n");
  const names = components.map((path) => path.split("/").at(-1)!.replace(".vue", ""));
  expect(names.length).toBeGreaterThan(8);
  const missing = names.filter((name) => !shown.includes(`<${name} `));
  expect(missing, "show them in web/src/pages/dev/ReadyParts.vue or AskingParts.vue").toEqual([]);
});
