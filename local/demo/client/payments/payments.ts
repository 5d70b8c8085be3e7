import type { Answer } from '../api/call.ts'
import {
  isPending,
  type Payment,
  type PaymentApi,
  type PendingPayment,
} from '../api/payment-api.ts'
import { kindOf } from '../account/authenticator-name.ts'
import type { OwnMethods } from '../account/own-methods.ts'
import type { Confirmations } from '../challenge/confirmations.ts'
import { complaint, type Complaint } from '../complaint.ts'
import { say, type Message } from '../language/language.ts'
import { problemMessage } from '../language/problems.ts'
import type { Session } from '../session/session.ts'
import { Visit } from '../visit.ts'
import { readAmount } from './amount.ts'

export interface PaymentsState {
  isBusy: boolean
  complaint?: Complaint
  notice?: Message
  done: readonly Payment[]
}

export interface PaymentsPorts {
  session: Session
  api: PaymentApi
  confirmations: Confirmations
  ownMethods: OwnMethods
  render(state: PaymentsState): void
}

/** Paying. Whether it takes a confirmation is the server's decision, and so is whether that was one. */
export class PaymentsPanel {
  readonly #ports: PaymentsPorts
  readonly #visit = new Visit()
  #state: PaymentsState = { isBusy: false, done: [] }

  constructor(ports: PaymentsPorts) {
    this.#ports = ports
  }

  async pay(typed: string): Promise<void> {
    if (this.#state.isBusy) return
    const amount = readAmount(typed)
    if (amount === undefined) return this.#complain(say('error.invalidAmount'), true)
    this.#show({ isBusy: true })
    const isStillOn = this.#visit.begin()
    const answer = await this.#payment(amount)
    if (!isStillOn()) return
    if (!answer.ok) return this.#complain(problemMessage(answer.problem))
    if (!isPending(answer.value)) return this.#paid(answer.value)
    const paid = await this.#confirm(amount, answer.value)
    if (!isStillOn()) return
    if (paid) this.#paid(paid)
    else this.#show({ isBusy: false, notice: say('payment.notDone') })
  }

  /** Nothing of one person may be there for the next. */
  forget(): void {
    this.#visit.end()
    this.#state = { isBusy: false, done: [] }
    this.#ports.render(this.#state)
  }

  #payment(amount: number): Promise<Answer<Payment | PendingPayment>> {
    const { session, api } = this.#ports
    return session.call((bearer) => api.pay(bearer, amount))
  }

  async #confirm(amount: number, first: PendingPayment): Promise<Payment | undefined> {
    const { session, api, confirmations, ownMethods } = this.#ports
    // The first attempt is there already. Another try is another payment, since one that was not
    // confirmed never will be.
    let asked: Promise<Answer<Payment | PendingPayment>> | undefined = Promise.resolve({
      ok: true,
      value: first,
    })
    let { paymentId } = first
    let paid: Payment | undefined
    await confirmations.take({
      title: say('payment.confirmTitle', { amount: { euros: amount } }),
      lead: say('payment.confirmLead'),
      ...(await ownMethods()),
      start: async () => {
        const answer = await (asked ?? this.#payment(amount))
        asked = undefined
        if (!answer.ok) return answer
        paymentId = answer.value.paymentId
        if (isPending(answer.value)) return { ok: true, value: answer.value }
        paid = answer.value
        return { ok: true, value: undefined }
      },
      finish: async (token) => {
        const answer = await session.call((bearer) => api.confirm(bearer, paymentId, token))
        if (answer.ok) paid = answer.value
        return answer
      },
    })
    return paid
  }

  #paid(payment: Payment): void {
    const amount = { euros: payment.amount }
    const { verificationMethod } = payment
    const notice = verificationMethod
      ? say('payment.doneConfirmed', { amount, method: kindOf(verificationMethod) })
      : say('payment.done', { amount })
    this.#state = { ...this.#state, done: [payment, ...this.#state.done] }
    this.#show({ isBusy: false, notice })
  }

  #complain(message: Message, isAboutField = false): void {
    this.#show({ isBusy: false, complaint: complaint(message, isAboutField) })
  }

  #show(change: Omit<PaymentsState, 'done'>): void {
    this.#state = { ...change, done: this.#state.done }
    this.#ports.render(this.#state)
  }
}
