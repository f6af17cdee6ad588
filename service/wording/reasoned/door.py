"""Hints with facts for whoever scans, shows a face or enrols it: by the code and the fact `why`, or "" for any."""

DOOR: dict[tuple[str, str], tuple[str, str]] = {
    ("qr_invalid", "personal_code"): (
        "考勤机扫的是个人二维码：请在“更多”里打开“我的二维码”，对准摄像头。",
        "A kiosk reads the code of a person: open “My code” under “More”, and hold it to the camera.",
    ),
    ("qr_expired", "personal_code"): (
        "“我的二维码”每三十秒更换一次，截图无效：请打开它，出示当前的二维码。",
        "“My code” changes every thirty seconds, and a screenshot is of no use: open it, and show the present code.",
    ),
    ("session_not_open", "too_early"): (
        "尚未开始{direction}：{opens_at} 开放，届时请再扫码。",
        "It is too early: {direction} opens at {opens_at}. Scan again then.",
    ),
    ("session_not_open", "too_late"): (
        "{direction}已于 {closed_at} 截止。确实在场的，请现场工作人员登记或提交考勤申请。",
        "The time for {direction} ended at {closed_at}. If you are here, ask the staff, or ask for a correction.",
    ),
    ("session_not_open", "session_over"): (
        "本场次已于 {ended_at} 结束，{direction}已于 {closed_at} 截止。对考勤有疑问的，请提交考勤申请。",
        "This session ended at {ended_at}, and the time for {direction} at {closed_at}. If your attendance is wrong, "
        "ask for a correction.",
    ),
    ("session_not_open", "closed"): (
        "本场次已于 {closed_at} 提前关闭。如有疑问，请联系主办方。",
        "The organizer closed this session at {closed_at}. Ask them if this is wrong.",
    ),
    ("session_not_open", "not_begun"): (
        "本场次尚未开始：{opens_at} 起才能登记或申请更正考勤。",
        "This session has not begun: attendance can be noted or corrected from {opens_at} on.",
    ),
    ("session_not_open", "project_over"): (
        "《{project}》已于 {ended_at} 结束，不再签到签退。对考勤有疑问的，请提交考勤申请或联系主办方。",
        "{project} ended at {ended_at}. If your attendance is wrong, ask for a correction, or ask the organizer.",
    ),
    ("session_not_open", "project_cancelled"): (
        "《{project}》已于 {cancelled_at} 取消，无需签到。",
        "{project} was cancelled at {cancelled_at}: nobody needs to check in.",
    ),
    ("time_outside_session", "to_come"): (
        "这个时间还没有到。请填写已经过去的时间，或留空表示现在。",
        "This time is still to come. Give one that has passed, or leave it out for now.",
    ),
    ("time_outside_session", "outside"): (
        "请填写 {earliest_at} 至 {latest_at} 之间的时间。提前离场的不算签退，请做考勤更正。",
        "Give a time from {earliest_at} to {latest_at}. Who left earlier did not check out: correct their attendance.",
    ),
    ("time_outside_session", "before_check_in"): (
        "此人 {other_at} 才签到，签退不能早于签到。",
        "The person checked in at {other_at}, and can't have left before.",
    ),
    ("time_outside_session", "after_check_out"): (
        "此人 {other_at} 已签退，签到不能晚于签退。",
        "The person checked out at {other_at}, and can't have come after.",
    ),
    ("session_full", "full"): (
        "本场次限 {capacity} 人。请先在席位中为其腾出名额，或调整本场次的席位数。",
        "The session takes {capacity} people. Free a place first, or give the session more.",
    ),
    ("project_full", "full"): (
        "本项目限 {capacity} 人。请调整容量，或移出不参加的人员。",
        "The project takes {capacity} people. Give it more room, or remove people who don't come.",
    ),
    ("act_too_old", ""): (
        "该操作可在 {until} 前撤销，现已超过。请做考勤更正，并说明原因。",
        "This could be undone until {until}. Correct the attendance instead, with the reason.",
    ),
    ("act_built_upon", "changed"): (
        "有 {people} 人的签到已有变化（如本人再次签到）。请逐人更正。",
        "The check-in of {people} people has changed since. Correct them one by one.",
    ),
    ("act_built_upon", "corrected"): (
        "有 {people} 人的考勤此后已被更正。请再次更正。",
        "The attendance of {people} people was corrected since. Correct it once more.",
    ),
    ("act_built_upon", "checked_out"): (
        "有 {people} 人此后已签退。请逐人更正。",
        "{people} people have checked out since. Correct them one by one.",
    ),
    ("act_built_upon", "took_part"): (
        "此人已参加本项目的其他环节，不能移出名单。请更正本场次的考勤。",
        "The person took part in more of this project and stays on the roster. Correct this session's attendance.",
    ),
    ("act_built_upon", "examined"): (
        "有 {people} 人此后已开始考试。请逐人更正。",
        "{people} people have begun the exam since. Correct them one by one.",
    ),
    ("act_built_upon", "evaluated"): (
        "有 {people} 人已评价本项目，撤销后将没有出勤记录。请逐人更正。",
        "{people} people evaluated the project and would be left without attendance. Correct them one by one.",
    ),
    ("not_on_roster", "waiting"): (
        "您正在候补，当前排在第 {place} 位；有名额空出时会自动加入名单并通知您。",
        "You are on the waiting list, number {place}. You are told when you get a place.",
    ),
    ("not_on_roster", "another_session"): (
        "您扫描的是《{project}》（{venue}）。您此时的场次是《{own_project}》“{own_session}”，地点：{own_venue}。",
        "You scanned {project} ({venue}). Your own session now is “{own_session}” of {own_project}, at {own_venue}.",
    ),
    ("not_on_roster", "removed"): (
        "主办方已将您移出本项目名单，原因：{reason}。如有疑问，请联系现场工作人员。",
        "The organizer removed you from the roster: {reason}. Ask the staff at the venue if this is wrong.",
    ),
    ("not_on_roster", "removed_without_reason"): (
        "主办方已将您移出本项目名单。如有疑问，请联系现场工作人员。",
        "The organizer removed you from the roster. Ask the staff at the venue if this is wrong.",
    ),
    ("not_on_roster", "declined"): (
        "主办方未同意您的报名，原因：{reason}。如有疑问，请联系现场工作人员。",
        "The organizer declined your application: {reason}. Ask the staff at the venue if this is wrong.",
    ),
    ("not_on_roster", "own_unit"): (
        "本项目现场报名仅限主办单位人员。请联系现场工作人员。",
        "Only people of the organizing unit can join on the spot. Ask the staff at the venue.",
    ),
    ("not_on_roster", "staff"): (
        "您是本项目的工作人员，不能扫码加入名单。请由其他工作人员、本单位管理员或最终审核单位把您加入名单。",
        "You are staff of this project and can't join by a scan. Ask another one of the staff, the admin of the unit,"
        " or the reviewing unit to put you on the roster.",
    ),
    ("project_full", "waiting"): (
        "名额已满，您正在候补，排在第 {place} 位。请联系现场工作人员：主办方可以增加名额。",
        "The project is full, and you are number {place} on the waiting list. Ask the staff: the organizer can raise"
        " the capacity.",
    ),
    ("applications_closed", "none"): (
        "该项目不接受报名。请联系主办方，由其将您加入名单。",
        "The project takes no applications. Ask the organizer to put you on the roster.",
    ),
    ("applications_closed", "not_announced"): (
        "该项目正在变更，暂停报名；重新公布后请再试。",
        "The project is being changed. Try again when it is announced anew.",
    ),
    ("applications_closed", "begun"): (
        "项目已开始，报名已截止。请联系主办方或现场工作人员。",
        "The project has begun, and applications are closed. Ask the organizer, or the staff at the venue.",
    ),
    ("applications_closed", "over"): ("项目已结束，请选择其他项目。", "The project is over. Choose another one."),
    ("applications_closed", "cancelled"): (
        "项目已取消，请选择其他项目。",
        "The project is cancelled. Choose another one.",
    ),
    ("applications_closed", "too_often"): (
        "您已多次报名该项目。请直接联系主办方。",
        "You have applied for this project too many times. Ask the organizer directly.",
    ),
    ("already_on_roster", "waiting"): (
        "您已在候补名单，当前排在第 {place} 位；有名额空出时会自动加入名单并通知您。",
        "You are on the waiting list, number {place}. You are told when you get a place.",
    ),
    ("not_on_roster", "unknown"): (
        "您扫描的是《{project}》（{venue}），名单中没有您。请主办方核对名单。",
        "You scanned {project} ({venue}), and you are not on its roster. Ask the organizer to check it.",
    ),
    ("machine_ended", "revoked"): (
        "主办方已停用此屏幕或终端。如仍需使用，请主办方重新生成或重新配对。",
        "The organizer revoked this screen or kiosk. Ask them for a new one if it is still needed.",
    ),
    ("machine_ended", "assignment_over"): (
        "启用此屏幕或终端的工作人员已不再负责本场次，设备随之停用。请主办方重新启用。",
        "Whoever set this screen or kiosk up is no longer on the staff, so it stopped. Ask the organizer.",
    ),
    ("machine_ended", "session_over"): (
        "场次已于 {ended_at} 结束，此屏幕或终端随之停用。",
        "The session ended at {ended_at}, and this screen or kiosk with it.",
    ),
    ("captured_at_invalid", "future"): (
        "手机给出的拍摄时间晚于现在。请校准手机时间，或重新扫码签到。",
        "The phone says that the photo was taken later than now. Set its clock, or scan again.",
    ),
    ("captured_at_invalid", "before_scan"): (
        "照片拍摄于扫码（{scanned_at}）之前，不能用于签到。请重新扫码并现场拍摄。",
        "The photo was taken before the scan at {scanned_at}. Scan again and take a photo here.",
    ),
    ("captured_at_invalid", "after_window"): (
        "照片拍摄于截止时间 {closes_at} 之后。确实在场的，请工作人员登记或提交考勤申请。",
        "The photo was taken after {closes_at}, when it closed. If you were here, ask the staff.",
    ),
    ("captured_at_invalid", "after_ticket"): (
        "照片拍摄于签到凭证失效（{expires_at}）之后。请重新扫码并拍摄。",
        "The photo was taken after the ticket's end at {expires_at}. Scan again and take another photo.",
    ),
    ("location_needed", "missing"): (
        "没有收到手机定位。请打开手机定位并允许本应用使用，然后重试；无法定位的，请现场工作人员核对身份后人工签到。",
        "Your phone sent no location. Turn it on, allow it for this app, and try again, or ask the staff.",
    ),
    ("location_needed", "too_vague"): (
        "手机定位误差太大，无法判断您是否在会场。请到窗边或打开精确定位后重试；仍无法定位的，请现场工作人员人工签到。",
        "Your phone's location is too vague to tell. Allow its precise location or go to a window, or ask the staff.",
    ),
    ("outside_geofence", "near"): (
        "手机显示您在会场一公里以内但不在会场范围。请靠近会场后重试，或请工作人员协助。",
        "Your phone is within a kilometre of the venue, not at it. Come nearer and try again, or ask the staff.",
    ),
    ("outside_geofence", "far"): (
        "手机显示您距会场一公里以上。确实在会场的，请检查定位设置，或请工作人员协助。",
        "Your phone is more than a kilometre from the venue. If you are there, check its location, or ask the staff.",
    ),
    ("face_not_enrolled", "held"): (
        "您的人脸自 {since} 起由管理员核实，核实前不能用于签到。现在请现场工作人员核对身份后人工签到，效力相同。",
        "An admin has been checking your face since {since}; it can't be used before. Now the staff can check you in "
        "by hand: it counts the same.",
    ),
    ("face_not_enrolled", "face_not_offered"): (
        "本单位未启用人脸识别，无需建档。请现场工作人员核对身份后人工签到，效力相同。",
        "Face recognition is not used here: you can't enrol. The staff can check you in, which counts the same.",
    ),
    ("face_not_enrolled", "guardian_consent_required"): (
        "未满十四周岁不能自行建档。请现场工作人员核对身份后人工签到，效力相同。",
        "Under fourteen you can't enrol yourself. The staff can check you in by hand: it counts the same.",
    ),
    ("face_not_enrolled", "of_another"): (
        "此人没有已建档或待核实的人脸，无需重置；本人可直接建档。",
        "This person has no face on file, and none waits for a decision: nothing needs a reset. They can simply enrol.",
    ),
    ("face_already_enrolled", "active"): (
        "人脸已于 {since} 建档。如需重新建档，请联系单位管理员重置；撤回同意后也可重新建档，但须经管理员核实。",
        "Your face has been on file since {since}. To enrol again, ask for a reset. After you withdraw consent, an "
        "admin must look at your next face.",
    ),
    ("face_already_enrolled", "held"): (
        "您已于 {since} 提交建档，正在等待管理员核实，无需再次提交。核实前可请工作人员协助签到。",
        "You enrolled at {since}, and an admin must still check that face: don't send it again. Until then the staff "
        "can check you in.",
    ),
    ("ticket_expired", "time_over"): (
        "签到凭证已于 {expired_at} 过期（有效期两分钟）。请重新扫码。",
        "The ticket expired at {expired_at}: it works for two minutes. Scan the venue code again.",
    ),
    ("ticket_expired", "used_up"): (
        "本凭证的 {tries} 次尝试已用完。请重新扫码；仍不成功的，请现场工作人员协助签到。",
        "The {tries} tries with this ticket are used up. Scan the venue code again. If it fails again, the staff can"
        " check you in.",
    ),
}
