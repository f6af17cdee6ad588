import qrcode from "qrcode-generator";

/** Return the modules of a QR code, row by row; true is dark. Middle error correction: a screen has glare. */
export function modulesOf(text: string): boolean[][] {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  return Array.from({ length: count }, (_, y) => Array.from({ length: count }, (_, x) => code.isDark(y, x)));
}
