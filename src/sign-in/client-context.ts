import { addressDigest, type SignInContext } from '../trigger-protocol/signed-context.ts'
import type { Identifier } from './identifier.ts'
import type { ClientContext } from './sealed-session.ts'
import type { MacKey } from '../trigger-protocol/derived-key.ts'

/** What the connection shows of the client; never from the body. */
export interface Connection {
  ipAddress?: string
  userAgent?: string
}

/** What a start says that finish has to repeat to the triggers. */
export function clientContext(
  contextKey: MacKey,
  identifier: Identifier,
  said: { redirectUrl?: string; locale?: string; deviceId?: string },
): ClientContext {
  const { kind, value } = identifier
  return {
    identifier: kind,
    ...(kind === 'username' ? {} : { typed: addressDigest(contextKey, value) }),
    ...(said.redirectUrl === undefined ? {} : { redirectUrl: said.redirectUrl }),
    ...(said.locale === undefined ? {} : { locale: said.locale }),
    ...(said.deviceId === undefined ? {} : { deviceId: said.deviceId }),
  }
}

/** The whole context, as the triggers get it. */
export function withConnection(
  context: SignInContext,
  { ipAddress, userAgent }: Connection,
): SignInContext {
  return {
    ...context,
    ...(ipAddress === undefined ? {} : { ipAddress }),
    ...(userAgent === undefined ? {} : { userAgent }),
  }
}
