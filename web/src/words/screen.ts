import { defineWords } from "./words";

export const screenWords = defineWords(
  {
    title: "签到大屏",
    scan: "用手机相机、微信或本应用扫码",
    orType: "或输入：{code}",
    next: "{seconds} 秒后换码",
    expected: "应到", came: "已到", late: "迟到", left: "已签退", review: "待核对",
    closes: "签到截止 {time}",
    over: "本场签到已结束",
    cancelled: "本场已取消",
    ended: "这个大屏链接已失效，请在“现场”里重新打开。",
    offline: "网络断开 {seconds} 秒，正在重连；当前二维码仍然有效。",
    stale: "网络断开太久，二维码已过期，正在重连…",
    contrast: "高对比度",
    full: "全屏",
  },
  {
    title: "Check-in",
    scan: "Scan with your phone's camera, WeChat or this app",
    orType: "or type: {code}",
    next: "new code in {seconds} s",
    expected: "Expected", came: "Here", late: "Late", left: "Left", review: "In review",
    closes: "Check-in closes at {time}",
    over: "Check-in is over",
    cancelled: "This session is cancelled",
    ended: "This link has ended. Open a new screen in the room.",
    offline: "No network for {seconds} s, connecting again; this code is still good.",
    stale: "No network for too long: the code has expired. Connecting again…",
    contrast: "High contrast",
    full: "Full screen",
  },
);
