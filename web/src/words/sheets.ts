import { defineWords } from "./words";

// What stands round every table.
export const sheetWords = defineWords(
  {
    print: "打印",
    printed: "打印日期 {day}",
    number: "继教编号 {number}",
    partly: "没有网络，只读到一部分，还不能打印",
    partlyHint: "有网络时再点一次。已读到的内容还在。",
    all: "全选",
    chosen: "已选 {count} 条",
    pick: "选择",
    acts: "操作",
    year: "统计年度",
    every: "全部年度",
  },
  {
    print: "Print",
    printed: "Printed on {day}",
    number: "CME number {number}",
    partly: "Only a part was read, so nothing was printed",
    partlyHint: "Press it again when there is a network. What was read is still here.",
    all: "Choose all",
    chosen: "{count} chosen",
    pick: "Choose",
    acts: "What to do",
    year: "Year",
    every: "All years",
  },
);
