import { randomUUID } from 'node:crypto'
import { BoundedMap } from '../../authsignal/store/bounded-map.ts'
import type { Bff, Caller, Refusal } from './bff.ts'

export interface PaidPayment {
  paymentId: string
  /** Euros. */
  amount: number
  verificationMethod?: string
}

export type PaymentOutcome =
  | { outcome: 'paid'; payment: PaidPayment }
  | { outcome: 'challenge'; paymentId: string; token: string; url?: string }
  | { outcome: 'refused'; refusal: Refusal }

interface PendingPayment {
  userId: string
  amount: number
  /** Which confirmation this payment waits for; no other one counts. */
  attempt: string
  expiresAt: number
  isPaid: boolean
}

export interface PaymentsOptions {
  bff: Bff
  now: () => number
}

/** The action in Authsignal, whose rules have a say as well. */
const ACTION = 'authorizePayment'
/** Euros that this server lets pass without asking. */
const FREE_UP_TO = 50
/** Authsignal's own limit for a challenge (docs: client-api/overview). */
const PENDING_MS = 10 * 60_000
const PENDING_KEPT = 10_000

/**
 * Payments as a shop's server would take them. Everything is decided here, by what the service
 * answers to this server: the browser only carries a token, which is worth nothing for another
 * payment, another amount or another person.
 */
export class Payments {
  readonly #bff: Bff
  readonly #now: () => number
  readonly #pending = new BoundedMap<string, PendingPayment>(PENDING_KEPT)

  constructor({ bff, now }: PaymentsOptions) {
    this.#bff = bff
    this.#now = now
  }

  async begin(caller: Caller, amount: number): Promise<PaymentOutcome> {
    const me = await this.#bff.me(caller)
    if (!me.ok) return refused(me.refusal)
    const paymentId = randomUUID()
    if (amount <= FREE_UP_TO) return { outcome: 'paid', payment: { paymentId, amount } }

    const started = await this.#bff.startStepUp(caller, { action: ACTION, custom: { amount } })
    if (!started.ok) return refused(started.refusal)
    const { state, attempt, token, url } = started.value
    // A rule of the tenant says that this one needs no confirmation.
    if (state === 'ALLOW') return { outcome: 'paid', payment: { paymentId, amount } }
    if (state !== 'CHALLENGE_REQUIRED' || !token) return refused(UNUSABLE)

    const { userId } = me.value
    const expiresAt = this.#now() + PENDING_MS
    this.#pending.set(paymentId, { userId, amount, attempt, expiresAt, isPaid: false })
    return { outcome: 'challenge', paymentId, token, ...(url === undefined ? {} : { url }) }
  }

  async confirm(caller: Caller, paymentId: string, token: string): Promise<PaymentOutcome> {
    const me = await this.#bff.me(caller)
    if (!me.ok) return refused(me.refusal)
    const payment = this.#pending.get(paymentId)
    // Nobody learns whether there is a payment of somebody else's.
    if (payment?.userId !== me.value.userId || this.#now() >= payment.expiresAt) {
      return refused({ status: 404, code: 'not_found' })
    }
    if (payment.isPaid) return refused(ALREADY_PAID)

    const finished = await this.#bff.finishStepUp(caller, { action: ACTION, token })
    if (!finished.ok) return refused(finished.refusal)
    const { state, attempt, verificationMethod } = finished.value
    // A confirmation, but of another payment, which may have been a smaller one.
    if (state !== 'CHALLENGE_SUCCEEDED' || attempt !== payment.attempt) return refused(FOREIGN)
    // Another request may have been faster.
    if (payment.isPaid) return refused(ALREADY_PAID)
    payment.isPaid = true
    const { amount } = payment
    const method = verificationMethod === undefined ? {} : { verificationMethod }
    return { outcome: 'paid', payment: { paymentId, amount, ...method } }
  }
}

const UNUSABLE: Refusal = { status: 502, code: 'upstream_error' }
const ALREADY_PAID: Refusal = { status: 409, code: 'already_paid' }
const FOREIGN: Refusal = { status: 401, code: 'challenge_failed', reason: 'refused' }

function refused(refusal: Refusal): PaymentOutcome {
  return { outcome: 'refused', refusal }
}
