"""Hints that depend on why a refusal came, by its code and its fact `why`: Chinese and English.

The names between braces are facts of the refusal. An instant is shown by the clock of the fact `zone`.
"""

HINTS: dict[tuple[str, str], tuple[str, str]] = {
    ("session_not_open", "too_early"): (
        "尚未开始：{opens_at} 开放，届时请再扫码。",
        "It is too early: this opens at {opens_at}. Scan again then.",
    ),
    ("session_not_open", "too_late"): (
        "已于 {closed_at} 截止。确实在场的，请现场工作人员登记或提交考勤申请。",
        "It closed at {closed_at}. If you are here, ask the staff, or ask for a correction.",
    ),
    ("session_not_open", "closed"): (
        "本场次已于 {closed_at} 提前关闭。如有疑问，请联系主办方。",
        "The organizer closed this session at {closed_at}. Ask them if this is wrong.",
    ),
    ("session_not_open", "other_direction"): (
        "现在不是所选方向的考勤时间：{opens_at} 开放。",
        "The direction that you chose is not open now: it opens at {opens_at}.",
    ),
    ("session_not_open", "project_over"): (
        "项目已结束，不再签到签退。对考勤有疑问的，请提交考勤申请或联系主办方。",
        "The project is over. If your attendance is wrong, ask for a correction, or ask the organizer.",
    ),
    ("not_on_roster", "waiting"): (
        "您正在候补，当前排在第 {place} 位；有名额空出时会自动加入名单并通知您。",
        "You are on the waiting list, number {place}. You are told when you get a place.",
    ),
    ("not_on_roster", "another_session"): (
        "您扫描的是《{project}》（{venue}）。您此时的场次是《{own_project}》“{own_session}”，地点：{own_venue}。",
        "You scanned {project} ({venue}). Your own session now is “{own_session}” of {own_project}, at {own_venue}.",
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
}

WAIT = ("请等待 {seconds} 秒后再试。", "Wait {seconds} seconds, then try again.")
"""Added to the hint of each refusal that says when another try makes sense."""
