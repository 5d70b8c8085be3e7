import { stringIn } from '../json.ts'

/** What has to outlive the page while the person is on Authsignal's: nothing that signs in by itself. */
export interface Pending {
  session: string
  typed: string
}

/** Keeps one attempt across a redirect. */
export interface PendingStore {
  put(pending: Pending): void
  /** Once only. */
  take(): Pending | undefined
}

/** The part of the browser's storage that is needed. */
interface TabStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

const KEY = 'lantern.pending-sign-in'

/** @param storage of this tab alone, so that no other page's token can be brought to this attempt */
export function pendingStore(storage: TabStorage): PendingStore {
  return {
    put: (pending) => storage.setItem(KEY, JSON.stringify(pending)),
    take() {
      const text = storage.getItem(KEY)
      storage.removeItem(KEY)
      return text === null ? undefined : readPending(text)
    },
  }
}

function readPending(text: string): Pending | undefined {
  try {
    const kept: unknown = JSON.parse(text)
    const session = stringIn(kept, 'session')
    const typed = stringIn(kept, 'typed')
    return session && typed ? { session, typed } : undefined
  } catch {
    return undefined
  }
}
