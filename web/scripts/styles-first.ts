// The styles stand before the scripts in the shell: nothing is painted without them, and on a slow line what is asked first comes first.
import type { Plugin } from "vite";

/** Move the links of styles before the first script; scripts and what they import wait behind them. */
export function stylesFirst(): Plugin {
  return {
    name: "styles-first",
    transformIndexHtml: {
      order: "post",
      handler(html) {
        const styles = html.match(/[ \t]*<link rel="stylesheet"[^>]*>\n?/g) ?? [];
        const without = styles.reduce((rest, each) => rest.replace(each, ""), html);
        return without.replace(/[ \t]*<script type="module"/, (script) => styles.join("") + script).replaceAll(/<(script type="module"|link rel="modulepreload")/g, '<$1 fetchpriority="low"');
      },
    },
  };
}
