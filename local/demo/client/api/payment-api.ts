import { numberIn, stringIn } from '../json.ts'
import { type Answer, type Call } from './call.ts'

export interface Payment {
  paymentId: string
  amount: number
  /** How it was confirmed, where it had to be. */
  verificationMethod?: string
}

/** A payment that waits until the person has confirmed it. */
export interface PendingPayment {
  paymentId: string
  token: string
  url?: string
}

/** The demo's own server, in the place of a shop's. */
export interface PaymentApi {
  pay(bearer: string, amount: number): Promise<Answer<Payment | PendingPayment>>
  confirm(bearer: string, paymentId: string, token: string): Promise<Answer<Payment>>
}

export function paymentApi(call: Call): PaymentApi {
  const method = 'POST'
  return {
    pay: (bearer, amount) =>
      call<Payment | PendingPayment>({
        method,
        path: '/payments',
        bearer,
        body: { amount },
        read: readPayment,
        readRefusal: readPending,
      }),
    confirm: (bearer, paymentId, token) =>
      call({
        method,
        path: `/payments/${encodeURIComponent(paymentId)}/confirm`,
        bearer,
        body: { token },
        read: readPayment,
      }),
  }
}

export function isPending(payment: Payment | PendingPayment): payment is PendingPayment {
  return 'token' in payment
}

function readPayment(body: unknown): Payment | undefined {
  const paymentId = stringIn(body, 'paymentId')
  const amount = numberIn(body, 'amount')
  if (!paymentId || !amount) return undefined
  const verificationMethod = stringIn(body, 'verificationMethod')
  return { paymentId, amount, ...(verificationMethod ? { verificationMethod } : {}) }
}

function readPending(body: unknown): PendingPayment | undefined {
  const paymentId = stringIn(body, 'paymentId')
  const token = stringIn(body, 'token')
  if (stringIn(body, 'code') !== 'step_up_required' || !paymentId || !token) return undefined
  const url = stringIn(body, 'url')
  return { paymentId, token, ...(url ? { url } : {}) }
}
