import type { Answer } from '../api/call.ts'
import type { Tokens } from '../api/sign-in-api.ts'
import type { TokenApi } from '../api/token-api.ts'
import { say, type Message } from '../language/language.ts'
import { problemMessage } from '../language/problems.ts'
import type { TabMessage, Tabs } from './tabs.ts'

/**
 * Who is signed in. The tokens are in the memory of the open tabs and nowhere else: what lies in
 * storage outlives the tab, and everything that ever runs on this origin can read it at leisure. The
 * price is that reloading the last tab signs out. A new tab asks the others.
 */
export interface SignedIn {
  tokens: Tokens
  expiresAt: number
  busy?: 'renew' | 'everywhere'
  /** What came of the last thing the person asked of the session. */
  message?: Message
}

export interface SessionPorts {
  api: TokenApi
  tabs: Tabs
  now: () => number
  newId(): string
  /** Whether the page may become signed in by what another tab says. */
  mayJoin(): boolean
  /** Undefined when signed out, with the reason if there is one to give. */
  render(state: SignedIn | undefined, notice?: Message): void
}

/** So long before the end a new access token is fetched. */
const RENEW_BEFORE_MS = 60_000
/** So long a failed renewal is left alone. */
const RETRY_AFTER_MS = 10_000

/** The session of all tabs: what one renews or ends, it does for the others too. */
export class Session {
  readonly #ports: SessionPorts
  #signedIn: SignedIn | undefined
  #signInId = ''
  #renewal: Promise<void> | undefined
  #notBefore = 0

  constructor(ports: SessionPorts) {
    this.#ports = ports
    ports.tabs.onMessage = (message) => this.#hear(message)
  }

  /** Asks the other tabs who is signed in. */
  ask(): void {
    this.#ports.tabs.tell({ kind: 'who' })
  }

  get signedIn(): SignedIn | undefined {
    return this.#signedIn
  }

  begin(tokens: Tokens): void {
    this.#signInId = this.#ports.newId()
    this.#take(tokens)
  }

  /**
   * A call in the name of whoever is signed in. A token that is refused is renewed once; when that is
   * refused as well, the session is over.
   */
  async call<T>(make: (accessToken: string) => Promise<Answer<T>>): Promise<Answer<T>> {
    const first = this.#signedIn?.tokens
    if (!first) return { ok: false, problem: { code: 'invalid_token' } }
    const answer = await make(first.accessToken)
    if (answer.ok || answer.problem.code !== 'invalid_token') return answer
    await this.#renewOnce(first)
    const second = this.#signedIn?.tokens
    if (!second || second === first) return answer
    const again = await make(second.accessToken)
    // New, and refused all the same: the account is gone, or was signed out everywhere.
    if (!again.ok && again.problem.code === 'invalid_token') this.#end(say('notice.sessionEnded'))
    return again
  }

  /** At the person's wish. */
  async renew(): Promise<void> {
    const { tokens } = this.#signedIn ?? {}
    if (!tokens || this.#signedIn?.busy) return
    this.#show({ busy: 'renew' })
    const problem = await this.#renewOnce(tokens)
    this.#show({ message: problem ?? say('session.renewed') })
  }

  /** Called every second. */
  tick(): void {
    const { tokens, expiresAt = 0 } = this.#signedIn ?? {}
    const now = this.#ports.now()
    if (tokens && now >= Math.max(expiresAt - RENEW_BEFORE_MS, this.#notBefore)) {
      void this.#renewOnce(tokens)
    }
  }

  /** Out at once: whether the service has heard of it is no reason to keep anybody in. */
  async signOut(): Promise<void> {
    const { tokens } = this.#signedIn ?? {}
    if (!tokens) return
    this.#end(say('notice.signedOut'))
    await this.#ports.api.signOut(tokens.refreshToken)
  }

  async signOutEverywhere(): Promise<void> {
    if (!this.#signedIn || this.#signedIn.busy) return
    this.#show({ busy: 'everywhere' })
    const answer = await this.call((bearer) => this.#ports.api.signOutEverywhere(bearer))
    if (answer.ok) this.#end(say('notice.signedOutEverywhere'))
    else this.#show({ message: problemMessage(answer.problem) })
  }

  /** The account is gone, and with it all sessions. */
  accountDeleted(): void {
    this.#end(say('notice.accountDeleted'))
  }

  /** Whoever asks while it goes on gets the same renewal. */
  async #renewOnce(old: Tokens): Promise<Message | undefined> {
    let problem: Message | undefined
    this.#renewal ??= this.#ports.tabs
      .exclusively(`refresh ${this.#signInId}`, async () => {
        // Another tab has done it while this one waited for its turn.
        if (this.#signedIn?.tokens !== old) return
        const answer = await this.#ports.api.refresh(old.refreshToken)
        if (this.#signedIn?.tokens !== old) return
        if (answer.ok) return this.#take(answer.value)
        problem = problemMessage(answer.problem)
        this.#notBefore = this.#ports.now() + RETRY_AFTER_MS
        if (answer.problem.code === 'invalid_token') this.#end(say('notice.sessionEnded'))
      })
      .finally(() => (this.#renewal = undefined))
    await this.#renewal
    return problem
  }

  #take(tokens: Tokens): void {
    const expiresAt = this.#ports.now() + tokens.expiresIn * 1000
    this.#signedIn = { tokens, expiresAt }
    this.#notBefore = 0
    this.#tellTokens()
    this.#ports.render(this.#signedIn)
  }

  #end(notice: Message, tellOthers = true): void {
    if (!this.#signedIn) return
    this.#signedIn = undefined
    if (tellOthers) this.#ports.tabs.tell({ kind: 'ended', signInId: this.#signInId })
    this.#signInId = ''
    this.#ports.render(undefined, notice)
  }

  #hear(message: TabMessage): void {
    if (message.kind === 'who') return this.#tellTokens()
    // Two people may be signed in in two tabs. Neither becomes the other.
    if (message.kind === 'ended') {
      if (message.signInId === this.#signInId) this.#end(say('notice.signedOut'), false)
      return
    }
    const isOurs = this.#signedIn ? message.signInId === this.#signInId : this.#ports.mayJoin()
    // A tab that has not heard of the last renewal yet may answer a new one with what it has.
    const isNews = message.expiresAt > (this.#signedIn?.expiresAt ?? 0)
    if (!isOurs || !isNews) return
    this.#signInId = message.signInId
    this.#signedIn = { tokens: message.tokens, expiresAt: message.expiresAt }
    this.#ports.render(this.#signedIn)
  }

  #tellTokens(): void {
    if (!this.#signedIn) return
    const { tokens, expiresAt } = this.#signedIn
    this.#ports.tabs.tell({ kind: 'tokens', signInId: this.#signInId, tokens, expiresAt })
  }

  #show(change: Pick<SignedIn, 'busy' | 'message'>): void {
    if (!this.#signedIn) return
    const { tokens, expiresAt } = this.#signedIn
    this.#signedIn = { tokens, expiresAt, ...change }
    this.#ports.render(this.#signedIn)
  }
}
