// Solves the puzzle that the service asks for while many sign-ins fail: sha256(challenge + answer) begins with zero bits.
import type { Schemas } from "../api/client";

function zeroBitsOf(digest: Uint8Array): number {
  let bits = 0;
  for (const byte of digest) {
    if (byte) return bits + Math.clz32(byte) - 24;
    bits += 8;
  }
  return bits;
}

/** Return the solution of a puzzle; it takes a phone about a second. */
export async function solve(puzzle: Schemas["Puzzle"]): Promise<{ challenge: string; answer: string }> {
  const letters = new TextEncoder();
  for (let from = 0; ; from += 256) {
    const answers = Array.from({ length: 256 }, (_, more) => String(from + more));
    const digests = await Promise.all(answers.map((answer) => crypto.subtle.digest("SHA-256", letters.encode(puzzle.challenge + answer))));
    const right = digests.findIndex((digest) => zeroBitsOf(new Uint8Array(digest)) >= puzzle.bits);
    if (right >= 0) return { challenge: puzzle.challenge, answer: answers[right]! };
  }
}
