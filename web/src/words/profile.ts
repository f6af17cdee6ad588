import { defineWords } from "./words";

export const profileWords = defineWords(
  {
    title: "个人资料",
    basic: "基本信息", other: "其他信息", history: "状态/职称变动情况",
    name: "姓名", sex: "性别", ethnicity: "民族", political_status: "政治面貌", id_number: "证件号", birth_on: "出生日期", education: "学历", degree: "学位", phone: "手机", contact_phone: "联系电话", email: "邮箱",
    unit: "所在单位", unit_id: "所在单位", employer: "工作单位", post: "院内职务", person_status: "人员状态", transfer_status: "调动状态", job_title: "当前职称", old_ic_card_no: "原IC卡号",
    year: "年份", status: "状态", full: "显示完整信息", masked: "隐藏",
    edit: "修改", save: "确定", saved: "已保存",
    photo: "照片", showPhoto: "查看原始照片", putPhoto: "上传照片",
    correct: "更正申请", correctHint: "其他项目不能自行修改。写明要更正的内容，由所在单位管理员审核，结果会通知您。",
    field: "项目", wanted: "更正为", reason: "理由", send: "提交申请",
    requests: "我的更正申请", withdraw: "撤回",
    open: "待审核", accepted: "已更正", rejected: "未同意", withdrawn: "已撤回",
    phoneHint: "手机号在“更换手机”里改，要验证新手机。",
  },
  {
    title: "Profile",
    basic: "Person", other: "Work", history: "Changes of state and title",
    name: "Name", sex: "Sex", ethnicity: "Ethnicity", political_status: "Political status", id_number: "ID number", birth_on: "Birth date", education: "Education", degree: "Degree", phone: "Mobile", contact_phone: "Telephone", email: "E-mail",
    unit: "Unit", unit_id: "Unit", employer: "Employer", post: "Post", person_status: "State", transfer_status: "Transfer", job_title: "Title", old_ic_card_no: "Old IC card",
    year: "Year", status: "State", full: "Show all digits", masked: "Hide them",
    edit: "Change", save: "Save", saved: "Saved",
    photo: "Photo", showPhoto: "Show the original", putPhoto: "Upload a photo",
    correct: "Ask for a correction", correctHint: "You can't change the other fields yourself. Say what is wrong. Your unit's admin decides, and you are told.",
    field: "Field", wanted: "It should be", reason: "Why", send: "Send",
    requests: "My requests", withdraw: "Withdraw",
    open: "in review", accepted: "corrected", rejected: "refused", withdrawn: "withdrawn",
    phoneHint: "The mobile number is changed elsewhere, with a code to the new phone.",
  },
);
