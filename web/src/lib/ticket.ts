// The ticket of a scan, in memory from the scan to the photo. After a reload the scan's cookie gives a new one.
import { shallowRef } from "vue";
import { api, got, type Schemas } from "../api/client";

export type Ticket = Schemas["TicketOut"];

export const ticket = shallowRef<Ticket | null>(null);

export interface Scan {
  qr?: string;
  location?: Schemas["LocationIn"];
  direction?: "in" | "out";
}

/** Exchange a scanned code, or the scan that this browser holds, for a ticket. Raises Refused. */
export async function takeTicket(scan: Scan): Promise<Ticket> {
  ticket.value = await got(api.POST("/api/v1/check-in-tickets", { body: scan }));
  return ticket.value;
}

const SCANNED = /^(?:https?:\/\/[^/?#]+)?(\/s\/[0-9a-z]{4,12}\?c=[0-9a-z]{8,20})$/;
const TYPED = /^([0-9a-z]{4,12})[\s-]+([0-9a-z]{8,20})$/i;

/** Return the path of a venue's code from the text of a QR code, or from what somebody typed off the screen; else null. */
export function pathOfCode(text: string): string | null {
  const scanned = SCANNED.exec(text.trim());
  if (scanned) return scanned[1]!;
  const typed = TYPED.exec(text.trim());
  return typed ? `/s/${typed[1]!.toLowerCase()}?c=${typed[2]!.toLowerCase()}` : null;
}
