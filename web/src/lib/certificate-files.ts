// Files of several certificates, which a job of the service makes. They go on while other pages are looked at, and are kept for a day.
import { reactive, watch } from "vue";
import { api, got, type Schemas } from "../api/client";
import { Refused } from "../api/problems";
import { standing } from "../api/session";
import { me } from "./me";
import { pathOf, saveFile } from "./saving";

export type Certificate = Schemas["CertificateOut"];
export type FileFormat = Schemas["FileFormat"];
type Standing = "making" | "ready" | "failed";

/** An ordered file. made: of how many certificates so far. */
export interface Order {
  id: string;
  job: string;
  count: number;
  format: FileFormat;
  made: number;
  standing: Standing;
}

export const MOST = { pdf: 200, zip: 1000 } as const; // certificates in one file, as the API has it
const KEPT_AT = "certificate-files";
const STEP = 1000; // milliseconds between two looks at a job
const SLOWEST = 15_000;

export const orders = reactive<Order[]>([]);
let restoredFor = "";

/** Issue the certificates of approved credits, and return them: those that were issued before too. */
export async function issue(entryIds: string[]): Promise<Certificate[]> {
  return (await got(api.POST("/api/v1/me/certificates", { body: { entry_ids: entryIds } }))).items;
}

/** Save one certificate at once; order a file of several. */
export async function saveCertificates(certificates: Certificate[], format: FileFormat = "pdf"): Promise<void> {
  const [only, ...others] = certificates;
  if (only && !others.length) return saveFile(pathOf(only.pdf));
  const numbers = certificates.map((each) => each.number);
  const made = await got(api.POST("/api/v1/me/certificate-files", { body: { numbers, format } }));
  orders.unshift({ id: made.id, job: made.job_id, count: numbers.length, format, made: 0, standing: "making" });
  void follow(made.id);
}

export function saveOrder(order: Order): Promise<void> {
  return saveFile(`/api/v1/me/certificate-files/${order.id}`);
}

export function dropOrder(order: Order): void {
  orders.splice(orders.indexOf(order), 1);
}

/** Take up what was ordered in this tab before it was loaded anew. */
export function restoreOrders(): void {
  const person = me.value?.id ?? "";
  if (!person || restoredFor === person) return;
  restoredFor = person;
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT_AT) ?? "null") as { person: string; orders: Order[] } | null;
    if (kept?.person !== person) return;
    orders.push(...kept.orders.filter((each) => !orders.some((there) => there.id === each.id)));
    for (const each of orders) if (each.standing === "making") void follow(each.id);
  } catch {
    // no storage here: what was ordered is forgotten with the page
  }
}

async function follow(id: string): Promise<void> {
  let pause = STEP;
  for (let order = find(id); order?.standing === "making"; order = find(id)) {
    try {
      const job = await got(api.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: order.job } } }));
      pause = STEP;
      order.made = job.done;
      if (job.status === "done") order.standing = "ready";
      if (job.status === "failed") order.standing = "failed";
    } catch (thrown) {
      pause = Math.min(pause * 2, SLOWEST); // a dead network ends nothing
      if (thrown instanceof Refused && thrown.problem.status === 404) order.standing = "failed";
    }
    if (order.standing === "making") await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

function find(id: string): Order | undefined {
  return orders.find((each) => each.id === id);
}

watch(orders, () => {
  try {
    sessionStorage.setItem(KEPT_AT, JSON.stringify({ person: me.value?.id, orders }));
  } catch {
    // as above
  }
});
watch(standing, (now) => {
  if (now !== "nobody") return;
  restoredFor = "";
  orders.splice(0);
});
