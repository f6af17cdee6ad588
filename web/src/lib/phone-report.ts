// How a test of the phone is run, and what a report says of it.

/** good: works. fair: the app works, but without this. bad: a part of the app does not work. skipped: could not be tried. */
export type Verdict = "good" | "fair" | "bad" | "skipped";
export interface Outcome {
  verdict: Verdict;
  facts: string;
}

const PATIENCE = 15_000; // milliseconds, of which a person may need some to allow the camera

/** Run a test. What it throws, or that it never ends, is its outcome. */
export async function tryOut(test: () => Outcome | Promise<Outcome>): Promise<Outcome> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Outcome>((resolve) => (timer = setTimeout(() => resolve({ verdict: "bad", facts: `no answer in ${PATIENCE / 1000} s` }), PATIENCE)));
  try {
    return await Promise.race([Promise.resolve().then(test), late]);
  } catch (thrown) {
    return { verdict: "bad", facts: (thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)).slice(0, 160) };
  } finally {
    clearTimeout(timer);
  }
}

/** Return what a report of a fault should say of this phone. It holds nothing of the person. */
export function reportOf(outcomes: [string, Outcome][], about: string[]): string {
  return [...about, ...outcomes.map(([name, { verdict, facts }]) => `${name}: ${verdict}${facts ? ` (${facts})` : ""}`)].join("\n");
}
