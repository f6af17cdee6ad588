import { defineWords } from "./words";

export const factorWords = defineWords(
  {
    title: "两步验证",
    why: "您的角色需要两步验证：除密码外，再用手机上的认证器应用（支持 TOTP 的任一应用）。",
    begin: "开始设置",
    scan: "用认证器应用扫这个码，或输入密钥：{secret}",
    keep: "请把这些恢复码抄在纸上收好。手机丢了，每个可用一次。它们只显示这一次。",
    code: "认证器显示的六位数字",
    confirm: "完成设置",
    isOn: "两步验证已开启，还有 {left} 个恢复码。",
    isOff: "两步验证没有开启。",
    replace: "换一部手机",
    remove: "关闭",
  },
  {
    title: "Second factor",
    why: "Your role needs a second factor: an authenticator app on your phone (any that knows TOTP) beside your password.",
    begin: "Set it up",
    scan: "Scan this with the authenticator app, or type the key: {secret}",
    keep: "Write these recovery codes on paper and keep them. If your phone is lost, each opens once. They show only now.",
    code: "Six digits of the app",
    confirm: "Finish",
    isOn: "The second factor is on. {left} recovery codes are left.",
    isOff: "The second factor is off.",
    replace: "Change the phone",
    remove: "Switch it off",
  },
);
