import { createHmac, randomUUID } from 'node:crypto'
import type { Clock } from '../support/clock.ts'
import { ApiError } from './api-error.ts'

export interface WebhookOptions {
  /** Where events go; nothing is sent when left out. */
  url?: string
  secret: string
  tenantId: string
  clock: Clock
}

/** Answers when the receiver has taken the event; fails when it has not. */
export type SendEvent = (type: 'email.created' | 'sms.created', data: object) => Promise<void>

const TIMEOUT_MS = 3_000

/** Signed events (docs: webhooks, verify-requests). A synchronous one that fails fails its challenge. */
export function webhooks({ url, secret, tenantId, clock }: WebhookOptions): SendEvent {
  return async (type, data) => {
    if (url === undefined) return
    const now = clock.now()
    const body = JSON.stringify({
      version: 1,
      id: randomUUID(),
      source: 'https://authsignal.com',
      time: new Date(now).toISOString(),
      tenantId,
      type,
      data,
    })
    const headers = {
      'content-type': 'application/json',
      'x-signature-v2': signature(secret, Math.floor(now / 1000), body),
    }
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const taken = await fetch(url, { method: 'POST', headers, body, signal }).then(
      ({ ok }) => ok,
      () => false,
    )
    // The status and code of this refusal are [unconfirmed].
    if (!taken) throw new ApiError(502, 'webhook_failed', 'The webhook did not take the message.')
  }
}

/** `t=<seconds>,v2=<base64 without padding>` over `<seconds>.<body>`. */
function signature(secret: string, seconds: number, body: string): string {
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('base64')
  return `t=${seconds},v2=${mac.replace(/=+$/, '')}`
}
