// Where a notice leads: the page on which its reader sees what it tells, or does what it asks.
import type { Schemas } from "../api/client";

type Notice = Schemas["NoticeOut"];

const project = (notice: Notice): string => (notice.project_id ? `/projects/${notice.project_id}` : "");
const opening = (notice: Notice): string => (notice.project_id ? `/openings/${notice.project_id}` : "");
const room = (notice: Notice): string => (notice.session_id ? `/room/${notice.session_id}` : "/room");
const to = (path: string) => (): string => path;

/** Each topic has its page; an empty text where there is none. A new topic of the API fails the build here. */
const PAGES: Record<Notice["topic"], (notice: Notice) => string> = {
  session_cancelled: project,
  session_restored: project,
  session_moved: project,
  session_tomorrow: project,
  project_cancelled: project,
  place_given: project,
  application_decided: to("/applications"),
  roster_removed: opening,
  attendance_corrected: project,
  request_decided: to("/requests"),
  profile_requested: to(""),
  profile_decided: to("/profile"),
  check_out_reminder: to("/scan"),
  evaluation_reminder: (notice) => notice.project_id ? `/projects/${notice.project_id}/evaluation` : "",
  exam_reminder: (notice) => notice.project_id ? `/projects/${notice.project_id}/exam` : "",
  regraded: project,
  cut_off: project,
  checked_in_by_hand: project,
  walked_in: project,
  check_in_accepted: project,
  check_in_rejected: project,
  attendance_undone: project,
  walk_in_undone: opening,
  staff_assigned: room,
  staff_ended: to(""),
  settled: to("/credits"),
  grant_reversed: to("/credits"),
  claims_waiting: to("/reviews"),
  claim_decided: to("/claims"),
  certificate_revoked: to("/certificates"),
  certificate_replaced: to("/certificates"),
  certificate_waits: to("/certificates"),
  certificate_letters: to(""),
  report_due: to("/room"),
  report_overdue: to("/room"),
  face_enrolled: to("/privacy"),
  face_withdrawn: to("/privacy"),
  face_question: to("/privacy"),
  face_decided: to("/privacy"),
  new_device: to("/sign-ins"),
  password_slip: to("/sign-ins"),
  phone_changed: to("/sign-ins"),
  second_factor_set: to("/second-factor"),
  second_factor_removed: to("/second-factor"),
};

/** Return the path of the page that a notice leads to, an empty text where there is none. */
export function pageOf(notice: Notice): string {
  return PAGES[notice.topic](notice);
}
