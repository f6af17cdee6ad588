"""The resources of the API: the blueprints of all areas."""

from apiflask import APIBlueprint

from service.api.check_in import (
    attempts,
    attendance_grid,
    board,
    by_hand,
    check_in_tickets,
    check_ins,
    location_consents,
    scan_proofs,
)
from service.api.credit import (
    credit_exemptions,
    credit_records,
    ledger,
    my_credit_sheets,
    my_credits,
    people_credits,
    rule_sets,
)
from service.api.evaluations import evaluations
from service.api.exams import exam_attempts, exam_mending, exam_results, exams, question_bank, question_imports
from service.api.faces import face_batches, face_cases, face_enrolments, face_law, face_policies
from service.api.imports import attendance_imports, credit_imports
from service.api.machines import kiosks, screens
from service.api.me import (
    calendars,
    me,
    my_applications,
    my_attendance,
    my_data,
    my_face,
    my_home,
    my_notices,
    my_openings,
    my_requests,
    my_waiting,
)
from service.api.operations import client, job_progress, words
from service.api.people import people, units
from service.api.projects import (
    applications,
    projects,
    rehearsals,
    reminders,
    rosters,
    schedules,
    session_notices,
    session_places,
    sessions,
)
from service.api.settlement import reports, settlement_records, settlements
from service.api.sign_in import auth, download_links, my_sign_ins, phones, second_factor

RESOURCES: tuple[APIBlueprint, ...] = (
    client.api,
    auth.api,
    phones.api,
    download_links.api,
    second_factor.api,
    my_sign_ins.api,
    my_home.api,
    me.api,
    my_face.api,
    my_data.api,
    my_attendance.api,
    my_notices.api,
    my_requests.api,
    my_applications.api,
    my_waiting.api,
    check_in_tickets.api,
    scan_proofs.api,
    location_consents.api,
    screens.api,
    kiosks.api,
    kiosks.mine,
    check_ins.api,
    by_hand.api,
    sessions.api,
    projects.api,
    settlements.api,
    settlement_records.api,
    reminders.api,
    reports.api,
    attendance_grid.api,
    attempts.api,
    evaluations.api,
    exams.api,
    exam_attempts.api,
    exam_mending.api,
    exam_results.api,
    question_bank.api,
    question_imports.api,
    schedules.api,
    session_places.api,
    session_notices.api,
    rehearsals.api,
    calendars.api,
    rosters.api,
    applications.api,
    attendance_imports.api,
    board.api,
    people.api,
    units.api,
    face_cases.api,
    face_enrolments.api,
    face_batches.api,
    face_policies.api,
    face_law.api,
    job_progress.api,
    words.api,
    my_credits.api,
    people_credits.api,
    credit_imports.api,
    credit_records.api,
    credit_exemptions.api,
    ledger.api,
    rule_sets.api,
    my_credit_sheets.api,
    my_openings.api,
)
