// Tests of the phone in hand: what the app needs of a browser, each tried for real. Nothing is sent but a question for the time.
import { openApi, got } from "../api/client";
import { currentToken, renewAfter, standing } from "../api/session";
import { CameraFault, closeCamera, openCamera, type Facing } from "./camera";
import { readCode } from "./codes";
import { databaseOf } from "./database";
import { asJpeg } from "./pictures";
import type { Outcome } from "./phone-report";
import { modulesOf } from "./qr";
import { serverNow } from "./times";

export const TESTS = {
  secure, back: () => camera("environment"), front: () => camera("user"), capture, wasm, decode, jpeg, storage, sealing, room, cookies, locks, worker, awake, streams, dialogs, languages, clock, network,
} satisfies Record<string, () => Outcome | Promise<Outcome>>;

export type TestName = keyof typeof TESTS;

const good = (facts = ""): Outcome => ({ verdict: "good", facts });
const fair = (facts = ""): Outcome => ({ verdict: "fair", facts });
const bad = (facts = ""): Outcome => ({ verdict: "bad", facts });
const skipped = (facts = ""): Outcome => ({ verdict: "skipped", facts });

function secure(): Outcome {
  return isSecureContext ? good(location.protocol) : bad(location.protocol);
}

async function camera(facing: Facing): Promise<Outcome> {
  const from = performance.now();
  let stream: MediaStream | null = null;
  try {
    stream = await openCamera(facing);
    const video = document.createElement("video");
    video.muted = video.playsInline = true;
    video.srcObject = stream;
    const shows = new Promise<void>((resolve, reject) => {
      video.onloadeddata = () => resolve();
      video.onerror = () => reject(new Error("the video shows nothing"));
    });
    await video.play();
    await shows;
    const got = stream.getVideoTracks()[0]?.getSettings();
    const facts = `${video.videoWidth}x${video.videoHeight}, ${got?.facingMode ?? "?"}, ${Math.round(performance.now() - from)} ms`;
    return got?.facingMode && got.facingMode !== facing ? fair(facts) : good(facts);
  } catch (thrown) {
    if (thrown instanceof CameraFault) return bad(thrown.code);
    throw thrown;
  } finally {
    closeCamera(stream);
  }
}

function capture(): Outcome {
  return "capture" in document.createElement("input") ? good() : fair();
}

async function wasm(): Promise<Outcome> {
  const smallest = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  await WebAssembly.instantiate(smallest);
  return good();
}

/** Draw a code and read it, as the scan page reads a frame of the camera. */
async function decode(): Promise<Outcome> {
  const text = "https://example.test/s/abcd1234?c=0123456789abcdef";
  const modules = modulesOf(text);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = (modules.length + 8) * 6;
  const drawing = canvas.getContext("2d")!;
  drawing.fillStyle = "#fff";
  drawing.fillRect(0, 0, canvas.width, canvas.height);
  drawing.fillStyle = "#000";
  modules.forEach((row, y) => row.forEach((dark, x) => dark && drawing.fillRect((x + 4) * 6, (y + 4) * 6, 6, 6)));
  const frame = drawing.getImageData(0, 0, canvas.width, canvas.height);
  const first = performance.now();
  const read = await readCode(frame);
  const again = performance.now();
  await readCode(frame);
  const facts = `${Math.round(again - first)} ms, ${Math.round(performance.now() - again)} ms`;
  return read === text ? good(facts) : bad(facts);
}

async function jpeg(): Promise<Outcome> {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 64;
  canvas.getContext("2d")!.fillRect(8, 8, 40, 40);
  const blob = await asJpeg(canvas);
  if (blob.type !== "image/jpeg") return bad(blob.type);
  return typeof createImageBitmap === "function" ? good(`${blob.size} bytes`) : fair("createImageBitmap");
}

const within = databaseOf<"keys">("phone-test", (database) => void database.createObjectStore("keys"));

async function storage(): Promise<Outcome> {
  const said = String(Date.now());
  await within("keys", "readwrite", (of) => of.put(said, "said"));
  const found = await within<unknown>("keys", "readonly", (of) => of.get("said"));
  return found === said ? good() : bad("not found again");
}

/** Keep a key that no script can read out, and use it again after it was kept. */
async function sealing(): Promise<Outcome> {
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await within("keys", "readwrite", (of) => of.put(made, "key"));
  const kept = await within<CryptoKey>("keys", "readonly", (of) => of.get("key") as IDBRequest<CryptoKey>);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, made, new Uint8Array([1, 2, 3]));
  const opened = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, kept, sealed));
  indexedDB.deleteDatabase("phone-test");
  return opened.length === 3 && !kept.extractable ? good() : bad(`extractable ${kept.extractable}`);
}

async function room(): Promise<Outcome> {
  const told = await (navigator.storage as StorageManager | undefined)?.estimate?.();
  if (!told?.quota) return fair("navigator.storage");
  const megabytes = Math.round((told.quota - (told.usage ?? 0)) / 1e6);
  return megabytes >= 20 ? good(`${megabytes} MB`) : bad(`${megabytes} MB`);
}

/** Renew the sign-in by its cookie, which no script may see. */
async function cookies(): Promise<Outcome> {
  if (!navigator.cookieEnabled) return bad("cookieEnabled");
  const token = await currentToken();
  if (standing.value === "nobody" || !token) return skipped();
  if (document.cookie.includes("refresh")) return bad("a script sees the cookie");
  return (await renewAfter(token)) ? good() : bad("the cookie did not come back");
}

function locks(): Outcome {
  return (navigator.locks as LockManager | undefined) ? good() : fair();
}

async function worker(): Promise<Outcome> {
  if (!("serviceWorker" in navigator)) return fair("serviceWorker");
  try {
    await navigator.serviceWorker.register("/sw.js");
  } catch (thrown) {
    return fair(thrown instanceof Error ? thrown.name : "");
  }
  const registration = await navigator.serviceWorker.ready;
  return registration.active ? good(registration.active.state) : fair();
}

async function awake(): Promise<Outcome> {
  const wake = navigator.wakeLock as WakeLock | undefined;
  if (!wake) return fair("wakeLock");
  try {
    await (await wake.request("screen")).release();
    return good();
  } catch (thrown) {
    return fair(thrown instanceof Error ? thrown.name : "");
  }
}

function streams(): Outcome {
  return typeof ReadableStream === "function" && "body" in Response.prototype ? good() : fair();
}

function dialogs(): Outcome {
  const missing = [
    ["dialog", "showModal" in document.createElement("dialog")],
    [":has", CSS.supports("selector(:has(a))")],
    ["aspect-ratio", CSS.supports("aspect-ratio", "1")],
  ].filter(([, there]) => !there).map(([name]) => name);
  return missing.length ? bad(missing.join(", ")) : good();
}

function languages(): Outcome {
  const formatted = new Intl.DateTimeFormat("zh-CN", { weekday: "short", timeZone: "Asia/Shanghai" }).format(0);
  const facts = `${navigator.languages.join(" ")}; ${document.documentElement.lang}; ${formatted}`;
  return formatted.startsWith("周") ? good(facts) : fair(facts);
}

async function clock(): Promise<Outcome> {
  await got(openApi.GET("/api/v1/client"));
  const seconds = Math.round((Date.now() - serverNow()) / 1000);
  return Math.abs(seconds) <= 90 ? good(`${seconds} s`) : fair(`${seconds} s`);
}

async function network(): Promise<Outcome> {
  const times: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const from = performance.now();
    await got(openApi.GET("/api/v1/client"));
    times.push(performance.now() - from);
  }
  const middle = Math.round(times.sort((a, b) => a - b)[1]!);
  return middle < 1500 ? good(`${middle} ms`) : fair(`${middle} ms`);
}
