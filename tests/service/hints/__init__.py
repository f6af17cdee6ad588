"""Refusals that lead on: the facts that a person needs, as data and in words.

| code | what it tells | test |
|---|---|---|
| session_not_open | which of seven causes, when, the next session | test_hints_at_the_door.py, the first nine |
| face_not_enrolled | the way without a face; held: since when | whoever_never_enrolled, cannot_enrol, face_is_held |
| not_on_roster | the place in the queue; the scanned and the own session | whoever_waits, in_the_wrong_room |
| outside_geofence, location_needed | missing, too vague, near, far | tests/attendance/check_in/ |
| low_quality, no_face, face_covered | the advice in words beside its codes | advice_about_a_photo |
| face_already_enrolled | since when; held: whom to ask, in GET /me/face too | whose_face_is_held, an_enrolled_face |
| too_many_attempts, pause_not_over | seconds or minutes, in the body too | a_limit_of_tries, the_pause |
| reason_needed | the field of this call | a_settlement_that_is_returned |
| project_closed | the status, and the step that leads out | a_closed_project, the_times_of_a_session |
| invalid_input | each fault in the caller's language | tests/service/edge/test_reasoned_hints.py |
| head_not_signed | why there is no head or proof, and by when | tests/credit/ledger/test_hints_of_the_ledger.py |
| ticket_expired | used up or over; before it, how many tries are left | each_refused_photo, photos_that_cost_no_try |
| project_incomplete | all that is missing, by its field | a_draft_without_credits_and_hours |
| others | numbers, states and times | test_hints_with_numbers.py |
"""
