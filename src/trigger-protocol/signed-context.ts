import { createHmac, timingSafeEqual } from 'node:crypto'
import type { MacKey } from './derived-key.ts'

/**
 * What the service knows of the client and the triggers cannot see. It travels as ClientMetadata,
 * which any direct caller of Cognito can write (AWS docs: custom challenge triggers), hence the
 * signature: unsigned context is no context.
 */
export interface SignInContext {
  /** What the user typed. The proof must be of the same kind. */
  identifier: 'email' | 'phoneNumber' | 'username'
  /** Digest of the typed address; see `addressDigest`. None for a username. */
  typed?: string
  ipAddress?: string
  userAgent?: string
  deviceId?: string
  locale?: string
  redirectUrl?: string
  /** Set where the proof came before the sign-in; the service has checked that it is used once. */
  method?: ProofMethod
  /** Which proof that is: the Authsignal action of a passkey, the digest of an ID token. */
  proof?: string
}

/** Ways to sign in that need no challenge; the vendor's words (authsignal/cognito-lambdas). */
export type ProofMethod = (typeof PROOF_METHODS)[number]

const PROOF_METHODS = ['PASSKEY', 'GOOGLE', 'APPLE'] as const

/** Longer than any sign-in lives (AuthSessionValidity is at most 15 minutes). */
const MAX_AGE_MS = 20 * 60_000
const FIELDS = [
  'typed',
  'ipAddress',
  'userAgent',
  'deviceId',
  'locale',
  'redirectUrl',
  'proof',
] as const
const IDENTIFIERS = ['email', 'phoneNumber', 'username'] as const

/**
 * ClientMetadata for one user's sign-in: the context, its signature, and `signInMethod` for pools
 * that run the vendor's two-round triggers, which read nothing else.
 */
export function writeContext(
  key: MacKey,
  username: string,
  context: SignInContext,
  now = Date.now(),
): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const [name, value] of Object.entries(context)) if (value !== undefined) fields[name] = value
  // After the context, which must not say how old it is.
  fields['signInMethod'] =
    context.method ?? (context.identifier === 'phoneNumber' ? 'SMS' : 'EMAIL')
  fields['issuedAt'] = String(now)
  fields['signature'] = sign(key, username, fields)
  return fields
}

/** What Authsignal's rules and pages go by; the rest is between the service and the triggers. */
export function ruleInputs(
  context: SignInContext | undefined,
): Omit<SignInContext, 'identifier' | 'typed' | 'method' | 'proof'> {
  if (context === undefined) return {}
  const {
    identifier: _identifier,
    typed: _typed,
    method: _method,
    proof: _proof,
    ...rest
  } = context
  return rest
}

/** `undefined` unless our service signed it for this user just now. */
export function readContext(
  key: MacKey,
  username: string,
  metadata: Record<string, string> | null | undefined,
  now = Date.now(),
): SignInContext | undefined {
  const { signature = '', ...fields } = metadata ?? {}
  const given = Buffer.from(signature)
  const expected = Buffer.from(sign(key, username, fields))
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  const age = now - Number(fields['issuedAt'])
  if (!(Math.abs(age) < MAX_AGE_MS)) return undefined
  const identifier = IDENTIFIERS.find((kind) => kind === fields['identifier'])
  if (identifier === undefined) return undefined
  const method = PROOF_METHODS.find((known) => known === fields['method'])
  const context: SignInContext = { identifier, ...(method === undefined ? {} : { method }) }
  for (const name of FIELDS) {
    const value = fields[name]
    if (value !== undefined) context[name] = value
  }
  return context
}

/** Stands for an address where the address itself must not show; the same for every spelling. */
export function addressDigest(key: MacKey, address: string): string {
  const spelling = address.trim().toLowerCase()
  if (spelling !== last.spelling || key !== last.key) {
    const digest = createHmac('sha256', key).update(`typed ${spelling}`).digest('base64url')
    last = { key, spelling, digest }
  }
  return last.digest
}

/** One address, until the next: a start asks twice, for its audit events and for the triggers. */
let last: { key?: MacKey; spelling?: string; digest: string } = { digest: '' }

function sign(key: MacKey, username: string, fields: Record<string, string>): string {
  // Sorted pairs as JSON: one spelling only, and no field can run into the next.
  const canonical = JSON.stringify([username, ...Object.entries(fields).toSorted(byName)])
  return createHmac('sha256', key).update(canonical).digest('base64url')
}

function byName([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : 1
}
