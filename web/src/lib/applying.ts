// Applying for a project, and taking an application back.
import { api, got, type Schemas } from "../api/client";
import { useAct } from "./loading";

/** Whether an application still stands, so that it can be taken back. */
export function canWithdraw(application: { status: Schemas["ApplicationStatus"] }): boolean {
  return application.status === "pending" || application.status === "waiting" || application.status === "accepted";
}

export const APPLICATION_COLOURS: Record<Schemas["ApplicationStatus"], string> = { pending: "wait-for", accepted: "good", waiting: "wait-for", declined: "bad", withdrawn: "", removed: "bad", lapsed: "" };

/** after: reads anew what the page shows. */
export function useApplying(after: () => Promise<void>) {
  const { problem, busy, act } = useAct();

  async function apply(id: string, note = ""): Promise<void> {
    const body = { note: note.trim() || null };
    if (await act(async () => void (await got(api.POST("/api/v1/projects/{project_id}/applications", { params: { path: { project_id: id } }, body }))))) await after();
  }

  async function withdraw(id: string): Promise<void> {
    if (await act(async () => void (await got(api.DELETE("/api/v1/projects/{project_id}/applications", { params: { path: { project_id: id } } }))))) await after();
  }

  return { problem, busy, apply, withdraw };
}
