import { expect, test } from "vitest";
import { codeIn, plain } from "../src/lib/typed";

test("blanks go, and full-width letters and digits become plain ones", () => {
  expect(plain(" 138 0013\u30008000\u200b ")).toBe("13800138000");
  expect(plain("３３０１００１２３４")).toBe("3301001234");
  expect(plain("３３０１０１１９９００１０１００１Ｘ")).toBe("33010119900101001X");
});

test("a code is found in a message that was pasted whole", () => {
  expect(codeIn("【继教】登录验证码 １２３ ４５６，5 分钟内有效")).toBe("123456");
  expect(codeIn("12345")).toBe("12345");
  expect(codeIn("1234567")).toBe("1234567");
  expect(codeIn("abcd-efgh")).toBe("abcd-efgh");
});
