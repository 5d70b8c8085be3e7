import { randomInt, randomUUID } from 'node:crypto'
import type { Backend } from '../backend.ts'
import type { Session } from '../session.ts'
import type { Address } from '../store/address.ts'
import type { OtpChannel } from './channel.ts'

/** Has no expiry of its own: a code lives as long as the token it was requested with. */
export interface OtpChallenge {
  challengeId: string
  address: Address
  code: string
  attempts: number
  isUsed: boolean
  /** Left out when the address comes from track and has no authenticator yet. */
  userAuthenticatorId?: string
  isEnrolment: boolean
}

type Destination = Pick<OtpChallenge, 'address' | 'userAuthenticatorId' | 'isEnrolment'>

/** Sends a code; an earlier one of the same token and channel is void from then on. */
export function startOtpChallenge(
  { limits, messages, now }: Backend,
  { user, token }: Session,
  channel: OtpChannel,
  destination: Destination,
): OtpChallenge {
  limits.take(`send ${channel.method} ${user.userId}`, channel.sends)
  const challenge: OtpChallenge = {
    ...destination,
    challengeId: randomUUID(),
    code: randomInt(1_000_000).toString().padStart(6, '0'),
    attempts: 0,
    isUsed: false,
  }
  user.otpChallenges.set(challengeKey(token.id, channel), challenge)
  messages.send({
    to: destination.address.value,
    channel: channel.messageChannel,
    code: challenge.code,
    sentAt: now(),
  })
  return challenge
}

/** Start and verify must use the same token (docs: initiate-action). */
export function challengeKey(tokenId: string, channel: OtpChannel): string {
  return `${channel.method} ${tokenId}`
}
