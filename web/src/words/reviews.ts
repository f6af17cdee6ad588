import { defineWords } from "./words";

export const reviewWords = defineWords(
  {
    title: "学分审核",
    empty: "没有等您审核的学分",
    emptyHint: "本单位有人上报后会显示在这里。",
    search: "按姓名、编号或活动查找",
    waiting: "共 {count} 条，最早的在前",
    evidence: "证明 {number}",
    alike: "与已有记录相似：{name}（{date}，{credits} 学分，{by}）。本人说明：{reason}",
    credits: "学分（可更正）",
    comment: "审核意见",
    approve: "通过", giveBack: "退回", reject: "不通过",
    needsComment: "退回和不通过须写意见。",
  },
  {
    title: "Review claims",
    empty: "No claim waits for you",
    emptyHint: "Claims of your unit show here once they are submitted.",
    search: "Find by name, number or activity",
    waiting: "{count} in all, the oldest first",
    evidence: "Evidence {number}",
    alike: "Like a record that is there: {name} ({date}, {credits} credits, {by}). The owner says: {reason}",
    credits: "Credits (can be corrected)",
    comment: "Opinion",
    approve: "Approve", giveBack: "Return", reject: "Reject",
    needsComment: "To return or reject needs an opinion.",
  },
);
