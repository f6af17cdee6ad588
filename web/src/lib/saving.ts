// Files that the person saves. They come with the token of the person, so they are fetched and then handed over.
import { fetchFile } from "../api/client";

export async function saveFile(path: string): Promise<void> {
  const { blob, name } = await fetchFile(path);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Open a page of the service that needs the person's token, such as a sheet to print. */
export async function openFile(path: string): Promise<void> {
  const opened = window.open("", "_blank"); // at once, while the press still counts as one
  const { blob } = await fetchFile(path);
  const url = URL.createObjectURL(blob);
  if (opened) opened.location.href = url;
  else location.href = url;
}
