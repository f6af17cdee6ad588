// What a kiosk keeps on its device: its credential, and the scans that no network has taken yet.
const DATABASE = "kiosk";

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

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("scans", { keyPath: "nonce" });
      asked.result.createObjectStore("paired");
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function within<T>(store: "scans" | "paired", mode: IDBTransactionMode, work: (of: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(store, mode);
      const asked = work(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const findPaired = (): Promise<Paired | undefined> => within("paired", "readonly", (of) => of.get("kiosk") as IDBRequest<Paired | undefined>);
export const keepPaired = (paired: Paired): Promise<unknown> => within("paired", "readwrite", (of) => of.put(paired, "kiosk"));
export const forgetPaired = (): Promise<unknown> => within("paired", "readwrite", (of) => of.clear());
export const keepScan = (scan: KioskScan): Promise<unknown> => within("scans", "readwrite", (of) => of.put(scan));
export const forgetScan = (nonce: string): Promise<unknown> => within("scans", "readwrite", (of) => of.delete(nonce));
export const listScans = async (): Promise<KioskScan[]> => (await within("scans", "readonly", (of) => of.getAll() as IDBRequest<KioskScan[]>)).sort((a, b) => a.scanned_at.localeCompare(b.scanned_at));
