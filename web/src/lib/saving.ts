// Files that the person saves. They come with the token of the person, so they are fetched and then handed over.
import { api, fetchFile, got } from "../api/client";

export async function saveFile(path: string): Promise<void> {
  const { blob, name } = await fetchFile(path);
  hand(blob, name);
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
    const link = await got(api.POST("/api/v1/download-links", { body: { path } }));
    if (opened) opened.location.href = pathOf(link.url);
    else location.href = pathOf(link.url);
  } catch (thrown) {
    opened?.close();
    throw thrown;
  }
}
