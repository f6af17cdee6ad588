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
