import type { Factors } from '../authsignal/factors.ts'
import type { LinkOpened } from '../authsignal/magic-link.ts'
import type { Checked, Confirmed, Failure } from '../authsignal/outcomes.ts'
import type { PageLeft } from '../authsignal/hosted-page.ts'
import { complaint, type Complaint } from '../complaint.ts'
import { say, type Message } from '../language/language.ts'
import { failureMessage } from '../language/problems.ts'
import { isCode, isDevice, isPage, isSent, type Method, type PageMethod } from './methods.ts'

export interface ChallengeState {
  /** What can be chosen, the first one first. */
  methods: readonly Method[]
  /** Undefined while the person chooses. */
  method?: Method
  /** Where codes and links go. */
  address?: string
  expiresAt: number
  busy?: 'send' | 'prove' | 'device' | 'page'
  /** A proof is at hand that could not be brought to the service, and can be once more. */
  canRepeat: boolean
  complaint?: Complaint
  notice?: Message
}

/** What Authsignal knows the attempt by. */
export interface Attempt {
  token: string
  /** Authsignal's own page. */
  url?: string
  expiresAt: number
}

/** What came of a proof that was brought to whoever asked for it. */
export type Verdict =
  | { outcome: 'accepted' }
  /** Not yet, but it can be gone on with; under a fresh attempt if there is one. */
  | { outcome: 'again'; attempt?: Attempt; hasLeft: boolean }
  /** Nobody could say; the proof may be brought again. */
  | { outcome: 'later'; message: Message }
  | { outcome: 'over'; message: Message }

export interface ChallengePorts {
  factors: Factors
  now: () => number
  render(state: ChallengeState): void
  prove(token: string): Promise<Verdict>
  /** Nothing more can come of the attempt. */
  over(message: Message): void
  /** Goes to Authsignal's page for good; the way back is the caller's affair. */
  leaveFor?(url: string): void
}

/** One challenge as a person takes it, in one of many ways. Knows no DOM, nor what it is for. */
export class Challenge {
  readonly #ports: ChallengePorts
  #attempt: Attempt
  #state: ChallengeState
  /**
   * Kept until it has been brought to whoever asked: Authsignal is satisfied and would take no other.
   */
  #proof: string | undefined
  /** Ends with every move of the person; what was waited for until then no longer counts. */
  #waiting = new AbortController()
  #isOver = false

  constructor(
    ports: ChallengePorts,
    attempt: Attempt,
    offer: { methods: readonly Method[]; address?: string },
  ) {
    this.#ports = ports
    this.#attempt = attempt
    const { url, expiresAt } = attempt
    const methods = offer.methods.filter((method) => url !== undefined || !isPage(method))
    this.#state = { ...offer, methods, expiresAt, canRepeat: false }
  }

  get state(): ChallengeState {
    return this.#state
  }

  /** With the first method there is, or with none where the person shall choose. */
  async begin(notice?: Message): Promise<void> {
    const [first] = this.#state.methods
    if (first === undefined || isPage(first) || notice) this.showChoice(notice)
    else await this.choose(first)
  }

  showChoice(notice?: Message): void {
    if (this.#isCalling()) return
    this.#move()
    this.#showChoosing(notice ? { notice } : {})
  }

  async choose(method: Method): Promise<void> {
    if (this.#isCalling() || !this.#state.methods.includes(method)) return
    if (this.#proof) return this.repeat()
    this.#move()
    this.#show({ ...this.#quiet(), method })
    if (isSent(method)) return this.#send()
    // A device may be asked at once: the click that chose it is what browsers want to see first.
    if (isDevice(method)) return this.confirm()
    if (isPage(method)) return this.#openPage(method)
  }

  async verify(typed: string): Promise<void> {
    const { method } = this.#state
    if (!isCode(method) || this.#isCalling()) return
    if (this.#proof) return this.repeat()
    if (!/^\d{6}$/.test(typed)) return this.#complain(say('error.incompleteCode'), true)
    this.#show({ ...this.#quiet(), busy: 'prove' })
    const signal = this.#move()
    const checked = await this.#ports.factors.checkCode(method, this.#attempt.token, typed)
    if (!signal.aborted) await this.#take(checked)
  }

  async resend(): Promise<void> {
    const { method, address } = this.#state
    if (!isSent(method) || this.#isCalling()) return
    if (this.#proof) return this.repeat()
    this.#move()
    await this.#send(
      say(method === 'link' ? 'notice.newLink' : 'notice.newCode', addressed(address)),
    )
  }

  /** Asks the device for the passkey or key. */
  async confirm(): Promise<void> {
    const { method } = this.#state
    if (!isDevice(method) || this.#isCalling() || this.#state.busy === 'device') return
    if (this.#proof) return this.repeat()
    this.#show({ ...this.#quiet(), busy: 'device' })
    const signal = this.#move()
    const confirmed = await this.#ports.factors.confirm(method, this.#attempt.token)
    if (!signal.aborted) await this.#take(confirmed)
  }

  /** Brings the proof that could not be brought before. */
  async repeat(): Promise<void> {
    if (this.#proof && !this.#isCalling()) await this.#prove(this.#proof)
  }

  /** Called every second. A call under way is left alone: its own answer will say what happened. */
  tick(): void {
    if (this.#isCalling() || this.#ports.now() < this.#state.expiresAt) return
    this.stop()
    this.#ports.over(say('error.expired'))
  }

  /** Nothing that is still on its way counts any more. */
  stop(): void {
    this.#isOver = true
    this.#waiting.abort()
    this.#ports.factors.forget()
  }

  async #send(notice?: Message): Promise<void> {
    const { method } = this.#state
    if (!isSent(method)) return
    this.#show({ ...this.#quiet(), busy: 'send' })
    const { signal } = this.#waiting
    const sent = await this.#ports.factors.send(method, this.#attempt.token)
    if (signal.aborted) return
    if (sent.outcome !== 'sent') return this.#fail(sent)
    this.#show({ ...this.#quiet(), ...(notice ? { notice } : {}) })
    if (method === 'link') void this.#awaitLink()
  }

  async #awaitLink(): Promise<void> {
    const { signal } = this.#waiting
    const opened = await this.#ports.factors.linkOpened(this.#attempt.token, signal)
    if (!signal.aborted) await this.#take(opened)
  }

  async #openPage(method: PageMethod): Promise<void> {
    const { url } = this.#attempt
    if (url === undefined) return
    this.#show({ ...this.#quiet(), busy: 'page' })
    if (method === 'redirect') return this.#ports.leaveFor?.(url)
    const { signal } = this.#waiting
    const left = await this.#ports.factors.page.open(url, method, signal)
    if (!signal.aborted) await this.#take(left)
  }

  async #take(outcome: Checked | Confirmed | LinkOpened | PageLeft): Promise<void> {
    switch (outcome.outcome) {
      case 'verified':
      case 'returned':
        return this.#prove(outcome.token)
      case 'wrong_code':
        return this.#complain(say('error.wrongCode'), true)
      case 'too_many_attempts':
        return this.#end(say('error.tooManyWrongCodes'))
      case 'closed':
        return this.#backToChoice(say('error.windowClosed'))
      case 'blocked':
        return this.#backToChoice(say('error.windowBlocked'))
      case 'stopped':
        return
      default:
        return this.#failOnDevice(outcome)
    }
  }

  #failOnDevice(failure: Exclude<Confirmed, { outcome: 'verified' }>): void {
    switch (failure.outcome) {
      case 'cancelled':
      case 'refused':
      case 'already_enrolled':
      case 'unsupported':
        return this.#complain(failureMessage(failure))
      default:
        return this.#fail(failure)
    }
  }

  #fail(failure: Failure): void {
    if (failure.outcome === 'expired') return this.#end(failureMessage(failure))
    if (isPage(this.#state.method)) return this.#backToChoice(failureMessage(failure))
    this.#complain(failureMessage(failure))
  }

  async #prove(proof: string): Promise<void> {
    this.#proof = proof
    this.#show({ ...this.#quiet(), busy: 'prove' })
    const verdict = await this.#ports.prove(proof)
    if (this.#isOver) return
    switch (verdict.outcome) {
      case 'accepted':
        return this.stop()
      case 'again':
        return this.#goOn(verdict)
      case 'later':
        return this.#show({
          ...this.#quiet(),
          canRepeat: true,
          complaint: complaint(verdict.message),
        })
      case 'over':
        return this.#end(verdict.message)
    }
  }

  async #goOn({ attempt, hasLeft }: Extract<Verdict, { outcome: 'again' }>): Promise<void> {
    this.#proof = undefined
    this.#move()
    if (attempt) {
      this.#attempt = attempt
      this.#state = { ...this.#state, expiresAt: attempt.expiresAt }
    }
    const { method, address } = this.#state
    if (isPage(method)) {
      const notice = say(hasLeft ? 'notice.unfinished' : 'notice.tryOnceMore')
      return this.#showChoosing({ notice })
    }
    if (!isSent(method)) return this.#complain(say('notice.tryOnceMore'))
    const key = method === 'link' ? 'notice.newLinkNeeded' : 'notice.newCodeNeeded'
    return this.#send(say(key, addressed(address)))
  }

  #backToChoice(message: Message): void {
    this.#showChoosing({ complaint: complaint(message) })
  }

  #complain(message: Message, isAboutField = false): void {
    this.#show({ ...this.#quiet(), complaint: complaint(message, isAboutField) })
  }

  #end(message: Message): void {
    this.stop()
    this.#ports.over(message)
  }

  /** Waiting for a person can be given up, a call that is under way cannot. */
  #isCalling(): boolean {
    const { busy } = this.#state
    return busy === 'send' || busy === 'prove' || this.#isOver
  }

  #move(): AbortSignal {
    this.#waiting.abort()
    this.#waiting = new AbortController()
    return this.#waiting.signal
  }

  #quiet(): ChallengeState {
    const { busy: _busy, complaint: _complaint, notice: _notice, ...rest } = this.#state
    return { ...rest, canRepeat: false }
  }

  #showChoosing(words: Pick<ChallengeState, 'notice' | 'complaint'>): void {
    const { method: _method, ...rest } = this.#quiet()
    this.#show({ ...rest, ...words })
  }

  #show(state: ChallengeState): void {
    this.#state = state
    this.#ports.render(state)
  }
}

function addressed(address: string | undefined): Record<string, string> {
  return { address: address ?? '' }
}
