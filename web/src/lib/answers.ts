// Saves the answers of an exam: those to one question in order, the last choice wins, and each until the server has it.
import { reactive } from "vue";
import { mayPass, Refused, type Problem } from "../api/problems";

export interface Answer {
  options?: string[];
  text?: string;
}

export type SaveState = "saving" | "saved" | "not_saved";
export type Put = (question: string, answer: Answer) => Promise<void>;

/** Return what saves answers. put: sends one answer; refused: is told when the server takes no more. */
export function makeSaver(put: Put, refused: (problem: Problem) => void, retrySeconds = 4) {
  const states = reactive<Record<string, SaveState>>({});
  const wanted = new Map<string, Answer>();
  const running = new Map<string, Promise<void>>();
  const timers = new Set<ReturnType<typeof setTimeout>>();

  function save(question: string, answer: Answer): void {
    wanted.set(question, answer);
    states[question] = "saving";
    if (!running.has(question)) run(question);
  }

  function run(question: string): void {
    running.set(question, sendAll(question).finally(() => running.delete(question)));
  }

  async function sendAll(question: string): Promise<void> {
    for (let answer = wanted.get(question); answer; answer = wanted.get(question)) {
      try {
        await put(question, answer);
      } catch (thrown) {
        states[question] = "not_saved";
        if (thrown instanceof Refused && !mayPass(thrown.problem)) {
          wanted.delete(question);
          return refused(thrown.problem);
        }
        return later(question);
      }
      if (wanted.get(question) === answer) wanted.delete(question);
    }
    states[question] = "saved";
  }

  function later(question: string): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (wanted.has(question) && !running.has(question)) {
        states[question] = "saving";
        run(question);
      }
    }, retrySeconds * 1000);
    timers.add(timer);
  }

  /** Wait until all that is typed is saved. Return whether it is. */
  async function settle(): Promise<boolean> {
    for (const question of [...wanted.keys()]) if (!running.has(question)) run(question);
    await Promise.all(running.values());
    return wanted.size === 0;
  }

  function stop(): void {
    timers.forEach(clearTimeout);
    timers.clear();
  }

  return { states, save, settle, stop };
}
