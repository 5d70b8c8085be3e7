import t from 'tap'
import { pendingStore } from '../../../../../local/demo/client/sign-in/pending.ts'

const PENDING = { session: 's', typed: 'ada@example.com' }

function storageWith(text?: string) {
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => text ?? kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => {
      kept.delete(key)
      text = undefined
    },
  }
  return { store: pendingStore(storage), kept }
}

t.test('keeps one attempt, once', (t) => {
  const { store, kept } = storageWith()
  t.equal(store.take(), undefined)
  store.put(PENDING)
  t.strictSame(store.take(), PENDING)
  t.equal(kept.size, 0)
  t.equal(store.take(), undefined)
  t.end()
})

t.test('what cannot be read is gone as well', (t) => {
  for (const text of ['', '{', 'null', '{"session":"s"}', '[1]']) {
    const { store } = storageWith(text)
    t.equal(store.take(), undefined, text)
    t.equal(store.take(), undefined)
  }
  t.end()
})
