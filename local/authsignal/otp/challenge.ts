import { randomInt, randomUUID } from 'node:crypto'
import type { Backend } from '../backend.ts'
import type { Session } from '../session.ts'
import type { Destination } from '../destination.ts'
import type { OtpChannel } from './channel.ts'

/** Has no expiry of its own: a code lives as long as the token it was requested with. */
export interface OtpChallenge extends Destination {
  challengeId: string
  code: string
  attempts: number
  isUsed: boolean
}

/** Sends a code; an earlier one of the same token and channel is void from then on. */
export async function startOtpChallenge(
  { limits, messages, now, sendEvent }: Backend,
  { user, token, action }: Session,
  channel: OtpChannel,
  destination: Destination,
): Promise<OtpChallenge> {
  limits.take(`send ${channel.method} ${user.userId}`, channel.sends)
  const challenge: OtpChallenge = {
    ...destination,
    challengeId: randomUUID(),
    code: randomInt(1_000_000).toString().padStart(6, '0'),
    attempts: 0,
    isUsed: false,
  }
  const message = { to: destination.address.value, code: challenge.code }
  const { userId, actionCode, idempotencyKey, tracked } = action
  const { locale, userAgent, ipAddress } = tracked
  const context = channel.event === 'email.created' ? { locale, userAgent, ipAddress } : { locale }
  // Before the challenge exists: when the message cannot be handed over, there is nothing to verify.
  if (channel.event !== undefined) {
    const data = { ...message, userId, actionCode, idempotencyKey, ...context }
    await sendEvent(channel.event, data)
  }
  user.otpChallenges.set(challengeKey(token.id, channel), challenge)
  messages.send({ ...message, channel: channel.messageChannel, sentAt: now() })
  return challenge
}

/** Start and verify must use the same token (docs: initiate-action). */
export function challengeKey(tokenId: string, channel: OtpChannel): string {
  return `${channel.method} ${tokenId}`
}
