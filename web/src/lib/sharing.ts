export type Shared = "shared" | "copied" | "shown";

/** Hand a link to the phone's own sharing, or copy it where there is none. Return `shown` where neither works: then the page shows it. */
export async function shareLink(title: string, url: string): Promise<Shared> {
  if ("share" in navigator) {
    try {
      await navigator.share({ title, url });
      return "shared";
    } catch (thrown) {
      if (thrown instanceof DOMException && thrown.name === "AbortError") return "shared"; // the person changed their mind
    }
  }
  try {
    await navigator.clipboard.writeText(url);
    return "copied";
  } catch {
    return "shown";
  }
}
