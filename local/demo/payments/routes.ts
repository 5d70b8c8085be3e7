import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Caller, Refusal } from './bff.ts'
import type { PaymentOutcome, Payments } from './payments.ts'

const MOST = 10_000
const PaymentRequest = Type.Object(
  { amount: Type.Number({ exclusiveMinimum: 0, maximum: MOST }) },
  { additionalProperties: false },
)
/** Neither an amount nor a receiver: those were settled when the payment began. */
const Confirmation = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 8192 }) },
  { additionalProperties: false },
)
const PaymentId = Type.Object({ paymentId: Type.String({ maxLength: 64 }) })

/** The two calls of a payment, for the page of the same origin. */
export const paymentRoutes: FastifyPluginAsyncTypebox<{ payments: Payments }> = async (
  app,
  { payments },
) => {
  app.setErrorHandler((_error, _request, reply) => refuse(reply, INVALID))
  app.addHook('onRequest', async (_request, reply) => {
    // A challenge's token is in the answer.
    reply.header('cache-control', 'no-store')
  })

  app.post('/payments', { schema: { body: PaymentRequest } }, async (request, reply) => {
    const { amount } = request.body
    const caller = callerOf(request)
    if (!caller) return refuse(reply, NOBODY)
    if (!isWholeCents(amount)) return refuse(reply, INVALID)
    return answer(reply, await payments.begin(caller, amount))
  })

  app.post(
    '/payments/:paymentId/confirm',
    { schema: { params: PaymentId, body: Confirmation } },
    async (request, reply) => {
      const caller = callerOf(request)
      if (!caller) return refuse(reply, NOBODY)
      const { paymentId } = request.params
      return answer(reply, await payments.confirm(caller, paymentId, request.body.token))
    },
  )
}

const NOBODY: Refusal = { status: 401, code: 'invalid_token' }
const INVALID: Refusal = { status: 400, code: 'invalid_request' }

function callerOf({ headers }: FastifyRequest): Caller | undefined {
  const { authorization, 'user-agent': userAgent } = headers
  if (!authorization) return undefined
  return { authorization, ...(userAgent === undefined ? {} : { userAgent }) }
}

function isWholeCents(amount: number): boolean {
  return Number(amount.toFixed(2)) === amount
}

function answer(reply: FastifyReply, outcome: PaymentOutcome): FastifyReply {
  switch (outcome.outcome) {
    case 'paid':
      return reply.send(outcome.payment)
    case 'refused':
      return refuse(reply, outcome.refusal)
    case 'challenge': {
      const { paymentId, token, url } = outcome
      return refuse(reply, { status: 401, code: 'step_up_required' }, { paymentId, token, url })
    }
  }
}

function refuse(reply: FastifyReply, refusal: Refusal, more: object = {}): FastifyReply {
  return reply
    .code(refusal.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send({ ...refusal, ...more })
}
