// Writes a .br and a .gz beside each built file that gets smaller by it, so that the service compresses nothing itself.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const folder = process.env.WEB_OUT ?? "dist";
const kinds = /\.(js|css|html|svg|json|webmanifest|wasm|bin|md)$/;

function* filesBelow(place) {
  for (const name of readdirSync(place)) {
    const path = join(place, name);
    if (statSync(path).isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

for (const path of filesBelow(folder)) {
  if (!kinds.test(path)) continue;
  const whole = readFileSync(path);
  const brotli = brotliCompressSync(whole, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: whole.length } });
  const gzip = gzipSync(whole, { level: 9 });
  if (brotli.length < whole.length) writeFileSync(`${path}.br`, brotli);
  if (gzip.length < whole.length) writeFileSync(`${path}.gz`, gzip);
}
