// Several tabs of one browser belong to one person: who signs out in one of them is signed out in all.
const SIGNED_OUT = "signed-out";

/** Tell the other tabs that the person has signed out. */
export function tellOtherTabs(): void {
  try {
    localStorage.setItem(SIGNED_OUT, String(Date.now()));
  } catch {
    // A web view without storage has one tab.
  }
}

/** Act when the person signs out in another tab. */
export function onSignOutElsewhere(act: () => void): void {
  window.addEventListener("storage", (event) => {
    if (event.key === SIGNED_OUT) act();
  });
}
