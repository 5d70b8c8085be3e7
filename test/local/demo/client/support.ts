import { randomUUID } from 'node:crypto'
import type { Answer } from '../../../../local/demo/client/api/call.ts'
import type { Tokens } from '../../../../local/demo/client/api/sign-in-api.ts'
import type { TokenApi } from '../../../../local/demo/client/api/token-api.ts'
import type { Factors } from '../../../../local/demo/client/authsignal/factors.ts'
import type { PageLeft } from '../../../../local/demo/client/authsignal/hosted-page.ts'
import type { LinkOpened } from '../../../../local/demo/client/authsignal/magic-link.ts'
import type { Checked, Confirmed, Sent } from '../../../../local/demo/client/authsignal/outcomes.ts'
import { Session, type SignedIn } from '../../../../local/demo/client/session/session.ts'
import type { TabMessage, Tabs } from '../../../../local/demo/client/session/tabs.ts'
import type { Message } from '../../../../local/demo/client/language/language.ts'

export const TOKENS: Tokens = {
  accessToken: 'a1',
  idToken: 'i1',
  refreshToken: 'r1',
  expiresIn: 3600,
}

export const ok = <T>(value: T): Answer<T> => ({ ok: true, value })
export const refusal = (code: string, more: object = {}) => ({
  ok: false as const,
  problem: { code, ...more },
})

/** What the factors answer, call by call; they do well once that has run out. */
export interface FactorScript {
  send?: Sent[]
  check?: Checked[]
  link?: (LinkOpened | Promise<LinkOpened>)[]
  confirm?: (Confirmed | Promise<Confirmed>)[]
  page?: (PageLeft | Promise<PageLeft>)[]
}

export function scriptedFactors(script: FactorScript = {}) {
  const calls: string[] = []
  const { send = [], check = [], link = [], confirm = [], page = [] } = script
  const factors: Factors = {
    async send(method, token) {
      calls.push(`send ${method} ${token}`)
      return send.shift() ?? { outcome: 'sent' }
    },
    async checkCode(method, token, code) {
      calls.push(`check ${method} ${token} ${code}`)
      return check.shift() ?? { outcome: 'verified', token: 'proof' }
    },
    async linkOpened(token, signal) {
      calls.push(`wait ${token}`)
      signal.addEventListener('abort', () => calls.push('stop waiting'))
      return link.shift() ?? { outcome: 'verified', token: 'proof' }
    },
    async confirm(method, token) {
      calls.push(`confirm ${method} ${token}`)
      return confirm.shift() ?? { outcome: 'verified', token: 'proof' }
    },
    page: {
      async open(url, mode, signal) {
        calls.push(`open ${mode} ${url}`)
        signal.addEventListener('abort', () => calls.push('close page'))
        return page.shift() ?? { outcome: 'returned', token: 'proof' }
      },
      goTo: (url) => void calls.push(`go to ${url}`),
    },
    forget: () => void calls.push('forget'),
  }
  return { factors, calls }
}

/** Something that comes when the test says so. */
export function later<T>() {
  const settlers: ((value: T) => void)[] = []
  const promise = new Promise<T>((resolve) => {
    settlers.push(resolve)
  })
  return { promise, settle: (value: T) => settlers.forEach((settle) => settle(value)) }
}

/** Lets everything that is waiting for nothing but its turn have it. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

/** Tabs of one browser: what one tells, the others hear; one at a time in each lock. */
export function browserWithTabs() {
  const tabs: Tabs[] = []
  const told: TabMessage[] = []
  const locks = new Map<string, Promise<void>>()
  return {
    told,
    open(): Tabs {
      const tab: Tabs = {
        onMessage: () => {},
        tell(message) {
          told.push(message)
          for (const other of tabs) if (other !== tab) other.onMessage(structuredClone(message))
        },
        async exclusively(name, work) {
          const before = locks.get(name) ?? Promise.resolve()
          const mine = before.then(work)
          locks.set(
            name,
            mine.catch(() => {}),
          )
          return mine
        },
      }
      tabs.push(tab)
      return tab
    },
  }
}

interface SessionSetup {
  api?: Partial<TokenApi>
  tabs?: Tabs
  now?: () => number
  mayJoin?: () => boolean
}

/** A session, and what it has shown. */
export function newSession({
  api = {},
  tabs,
  now = () => 0,
  mayJoin = () => true,
}: SessionSetup = {}) {
  const shown: (SignedIn | undefined)[] = []
  const notices: (Message | undefined)[] = []
  const session = new Session({
    api: {
      refresh: async () => refusal('invalid_token'),
      signOut: async () => ok(true as const),
      signOutEverywhere: async () => ok(true as const),
      ...api,
    },
    tabs: tabs ?? browserWithTabs().open(),
    now,
    newId: randomUUID,
    mayJoin,
    render: (state, notice) => {
      shown.push(state)
      notices.push(notice)
    },
  })
  return { session, shown, notices }
}

export function signedInSession(setup: SessionSetup = {}) {
  const made = newSession(setup)
  made.session.begin(TOKENS)
  return made
}
