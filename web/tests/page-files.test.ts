import { expect, test } from "vitest";
import { filesByPath, type Built } from "../scripts/page-files";

const chunk = (fileName: string, more: Partial<Built> = {}): Built => ({ fileName, page: "", imports: [], isEntry: false, ...more });
const ROUTER = `
  { path: "/", component: HomePage, meta: { open: true } },
  { path: "/scan", component: () => import("./pages/ScanPage.vue"), meta: { open: true } },
  { path: "/room/:session", component: () => import("./pages/RoomSessionPage.vue") },
`;

test("a page names what it needs beside the files of the first page, what these need too", () => {
  const chunks = [
    chunk("index.js", { isEntry: true, imports: ["core.js"] }),
    chunk("core.js"),
    chunk("camera.js", { imports: ["core.js", "pictures.js"] }),
    chunk("pictures.js"),
    chunk("scan.js", { page: "ScanPage.vue", imports: ["index.js", "camera.js"] }),
    chunk("room.js", { page: "RoomSessionPage.vue", imports: ["core.js"] }),
  ];
  expect(filesByPath(ROUTER, chunks)).toEqual({ "/scan": ["scan.js", "camera.js", "pictures.js"], "/room/:session": ["room.js"] });
});
