// Files that the person saves. They come with the token of the person, so they are fetched and then handed over.
import { api, fetchFile, got } from "../api/client";

/**
 * Whether the page is in a browser inside another app: WeChat, WeCom, DingTalk, QQ, a web view of Android. They drop the
 * file of a blob without a word, and take one that the server sends.
 */
export function isInsideApp(agent = navigator.userAgent): boolean {
  return /MicroMessenger|wxwork|DingTalk|\bQQ\/|; wv\)/i.test(agent);
}

/** Save a file of the person, under the name that the server gives it, or `named`. */
export async function saveFile(path: string, named?: string): Promise<void> {
  if (isInsideApp()) {
    location.href = await linkTo(path);
    return;
  }
  const { blob, name } = await fetchFile(path);
  hand(blob, named ?? name);
}

export function saveText(name: string, text: string): void {
  hand(new Blob([text], { type: "text/plain" }), name);
}

function hand(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Return the path of an address of ours, whatever name the service knows itself by. */
export function pathOf(url: string): string {
  const { pathname, search } = new URL(url, location.origin);
  return pathname + search;
}

/**
 * Open a file of the person in a tab of its own, by a link that is good once. A page to print keeps its own style that way:
 * a blob would be under the policy of this page.
 */
export async function openFile(path: string): Promise<void> {
  const opened = window.open("", "_blank"); // at once, while the press still counts as one
  try {
    const link = await linkTo(path);
    if (opened) opened.location.href = link;
    else location.href = link;
  } catch (thrown) {
    opened?.close();
    throw thrown;
  }
}

/** Return a link that gives a file once, within a minute, without the person's token. */
async function linkTo(path: string): Promise<string> {
  return pathOf((await got(api.POST("/api/v1/download-links", { body: { path } }))).url);
}
