// What a kiosk keeps on its device: its credential, and the scans that no network has taken yet.
import { databaseOf } from "./database";

export interface KioskScan {
  nonce: string;
  code: string;
  scanned_at: string;
}

export interface Paired {
  id: string;
  token: string;
  title: string;
  venue: string;
  zone: string;
}

const within = databaseOf<"scans" | "paired">("kiosk", (database) => {
  database.createObjectStore("scans", { keyPath: "nonce" });
  database.createObjectStore("paired");
});

export const findPaired = (): Promise<Paired | undefined> => within("paired", "readonly", (of) => of.get("kiosk") as IDBRequest<Paired | undefined>);
export const keepPaired = (paired: Paired): Promise<unknown> => within("paired", "readwrite", (of) => of.put(paired, "kiosk"));
export const forgetPaired = (): Promise<unknown> => within("paired", "readwrite", (of) => of.clear());
export const keepScan = (scan: KioskScan): Promise<unknown> => within("scans", "readwrite", (of) => of.put(scan));
export const forgetScan = (nonce: string): Promise<unknown> => within("scans", "readwrite", (of) => of.delete(nonce));
export const listScans = async (): Promise<KioskScan[]> => (await within("scans", "readonly", (of) => of.getAll() as IDBRequest<KioskScan[]>)).sort((a, b) => a.scanned_at.localeCompare(b.scanned_at));
