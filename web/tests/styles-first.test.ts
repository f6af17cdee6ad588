import { expect, test } from "vitest";
import { stylesFirst } from "../scripts/styles-first";

const BUILT = `<head>
  <script type="module" crossorigin src="/assets/index.js"></script>
  <link rel="modulepreload" crossorigin href="/assets/core.js">
  <link rel="stylesheet" crossorigin href="/assets/style.css">
</head>
`;

test("styles stand before the first script, and scripts wait behind them", () => {
  const { handler } = stylesFirst().transformIndexHtml as unknown as { handler: (html: string) => string };
  expect(handler(BUILT)).toBe(`<head>
  <link rel="stylesheet" crossorigin href="/assets/style.css">
  <script type="module" fetchpriority="low" crossorigin src="/assets/index.js"></script>
  <link rel="modulepreload" fetchpriority="low" crossorigin href="/assets/core.js">
</head>
`);
});
