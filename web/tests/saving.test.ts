import { expect, test, vi } from "vitest";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("document", { documentElement: { lang: "en" }, createElement: () => ({}) });
const { isInsideApp } = await import("../src/lib/saving");

test.each([
  ["Mozilla/5.0 (Linux; Android 14; V2 Build/UP1A; wv) AppleWebKit/537.36 Version/4.0 Chrome/126.0 Mobile Safari/537.36", true],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.50(0x1800323f) NetType/WIFI Language/zh_CN", true],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 wxwork/4.1.26 MicroMessenger/7.0.1", true],
  ["Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/109.0 Mobile Safari/537.36 AliApp(DingTalk/7.5.10)", true],
  ["Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", false],
  ["Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Version/4.0 Chrome/109.0 MQQBrowser/14.9 Mobile Safari/537.36", false],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1", false],
])("a browser inside another app gets files by a link: %s", (agent, is) => {
  expect(isInsideApp(agent)).toBe(is);
});
