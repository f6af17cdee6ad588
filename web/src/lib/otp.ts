// The second factor, where a grave step asks for it again: a dialog that any request can open.
import { shallowRef } from "vue";

export interface OtpQuestion {
  wasWrong: boolean;
  answer: (code: string) => void;
}

export const otpQuestion = shallowRef<OtpQuestion | null>(null);

/** Ask the person for a code. Return an empty string where they would rather not. */
export function askOtp(wasWrong: boolean): Promise<string> {
  return new Promise((resolve) => {
    otpQuestion.value = {
      wasWrong,
      answer: (code) => {
        otpQuestion.value = null;
        resolve(code.trim());
      },
    };
  });
}
