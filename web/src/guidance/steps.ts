// The steps of a challenge: how long to wait for each before its frame is taken.

export type Step = "straight" | "left" | "right" | "up" | "down" | "open_mouth";

const LEAST = 700; // milliseconds; people need them to read
const UNSEEN = 1600; // for a step that can't be seen here
const LONGEST = 6000; // then the frame is taken all the same: the service judges, and says what was missing
const LOOK_EVERY = 80;
const TURNED = 0.13; // of poseOf; about fifteen degrees, where the service asks for ten more than in the frontal frame
const STRAIGHT = 0.08;

/** Return whether a head with this yaw shows a step; null for a step that yaw doesn't tell. */
function isShown(step: Step, yaw: number): boolean | null {
  if (step === "left") return yaw >= TURNED;
  if (step === "right") return -yaw >= TURNED;
  return step === "straight" ? Math.abs(yaw) <= STRAIGHT : null;
}

/** Wait until a step is seen. yawNow: what the guide sees, null where it sees no face or there is none. */
export async function untilShown(step: Step, yawNow: () => number | null, now = () => performance.now()): Promise<void> {
  const began = now();
  const isGuided = yawNow() !== null && isShown(step, 0) !== null;
  const longest = isGuided ? LONGEST : UNSEEN;
  while (now() - began < longest) {
    await new Promise((done) => setTimeout(done, LOOK_EVERY));
    const yaw = yawNow();
    if (isGuided && now() - began >= LEAST && yaw !== null && isShown(step, yaw)) return;
  }
}
