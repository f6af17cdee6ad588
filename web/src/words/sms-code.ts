import { defineWords } from "./words";

export const codeWords = defineWords(
  {
    code: "验证码",
    send: "获取验证码",
    sendAgain: "重新发送",
    again: "重新发送（{seconds}）",
    sent: "如果 {phone} 是登记的手机号，几秒内会收到验证码，{minutes} 分钟内有效。没收到：请核对号码，或看看是否被手机拦截。",
    sentTo: "已向 {phone} 发送验证码，{minutes} 分钟内有效。没收到：请核对号码，或看看是否被手机拦截。",
    outbox: "演示：看这条短信",
  },
  {
    code: "Code",
    send: "Send a code",
    sendAgain: "Send again",
    again: "Again in {seconds} s",
    sent: "If {phone} is on file, a code comes in a few seconds and is good for {minutes} minutes. If none comes, check the number, or whether the phone blocked the message.",
    sentTo: "A code was sent to {phone} and is good for {minutes} minutes. If none comes, check the number, or whether the phone blocked the message.",
    outbox: "Demo: show this message",
  },
);
