"""Which routes an assignment opens, by task, and whether it must be one to the whole project.

p  an assignment to the whole project opens it
s  so does one to the session that the call is about

Each other route of a role is closed to all assignments, and so are these to other tasks.
"""

TASKS = {
    "attempts.list_attempts": "door:ps",
    "attempts.list_signals": "door:ps",
    "attempts.override_attempt": "door:ps",
    "attendance_grid.get_attendance_csv": "results:p",
    "attendance_grid.get_attendance_xlsx": "results:p",
    "attendance_grid.list_attendance_corrections": "results:ps",
    "attendance_grid.show_attendance_grid": "results:p",
    "board.show_board": "door:ps",
    "board.stream_board": "door:ps",
    "by_hand.add_by_hand": "door:ps",
    "by_hand.add_many_by_hand": "door:ps",
    "by_hand.add_walk_in": "door:ps",
    "by_hand.list_attendance_acts": "door:p",
    "by_hand.undo_attendance_act": "door:",
    "check_ins.decide_check_in": "door:ps",
    "evaluations.get_evaluation_results": "results:p",
    "evaluations.get_evaluation_sheet": "results:p",
    "evaluations.put_evaluation": "content:p",
    "exam_results.get_exam_sheet": "results:p",
    "exam_results.get_exam_statistics": "results:p",
    "exam_results.list_exam_results": "results:p",
    "exams.get_paper": "content:p",
    "exams.put_exam": "content:p",
    "kiosks.add_kiosk": "door:ps",
    "kiosks.list_kiosks": "door:ps",
    "kiosks.revoke_kiosk": "door:ps",
    "projects.get_one_project": "content:p door:p results:p",
    "question_bank.get_picture": "content:p",
    "rosters.get_roster_csv": "results:p",
    "rosters.get_roster_xlsx": "results:p",
    "rosters.list_roster": "results:p",
    "schedules.list_sessions": "content:p door:p results:p",
    "screens.add_screen": "door:ps",
    "screens.list_screens": "door:ps",
    "screens.revoke_screen": "door:ps",
    "session_notices.get_session_notice": "door:ps",
    "sessions.get_one_session": "content:p door:ps results:ps",
    "sessions.get_qr": "door:ps",
    "sessions.get_qr_png": "door:ps",
    "sessions.get_qr_svg": "door:ps",
    "door.list_people_at_door": "door:ps results:ps",
    "sessions.list_attendance": "door:ps results:ps",
}
"""By endpoint. The act that is undone there is somebody else's: `test_staff.py` undoes one's own."""
