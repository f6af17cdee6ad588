// One IndexedDB database, opened for each transaction: nothing stays open that another tab's upgrade would wait for.
export type Within<S extends string> = <T>(store: S, mode: IDBTransactionMode, work: (of: IDBObjectStore) => IDBRequest<T>) => Promise<T>;

/** Return a function that does one thing in one transaction. make: makes the stores of a new database. */
export function databaseOf<S extends string>(name: string, make: (database: IDBDatabase) => void): Within<S> {
  function open(): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open(name, 1);
      asked.onupgradeneeded = () => make(asked.result);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  }

  return async (store, mode, work) => {
    const database = await open();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(store, mode);
        const asked = work(transaction.objectStore(store));
        transaction.oncomplete = () => resolve(asked.result);
        transaction.onerror = () => reject(transaction.error);
        transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  };
}
