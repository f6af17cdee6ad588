// The design tokens of one colour scheme, whatever the device prefers: the page of components shows both side by side.

/** Return the custom properties of style.css for a scheme, from the rules of the page itself. */
export function tokensOf(scheme: "light" | "dark"): Record<string, string> {
  const found: Record<string, string> = {};
  const take = (rules: CSSRuleList): void => {
    for (const rule of rules) {
      if (rule instanceof CSSMediaRule && scheme === "dark" && rule.conditionText.includes("prefers-color-scheme: dark")) take(rule.cssRules);
      else if (rule instanceof CSSStyleRule && rule.selectorText === ":root") for (const name of rule.style) if (name.startsWith("--")) found[name] = rule.style.getPropertyValue(name);
    }
  };
  for (const sheet of document.styleSheets) take(sheet.cssRules);
  return found;
}
