import { endOfInterest } from '../request-context.ts'
import { hash } from 'node:crypto'
import { addressDigest, type ProofMethod } from '../trigger-protocol/signed-context.ts'
import { challengeFor } from './begin-challenge.ts'
import { withConnection, type Connection } from './client-context.ts'
import { answerWithProof, refused, type EarlierProofDeps } from './earlier-proof.ts'
import { parseIdentifier, type Identifier } from './identifier.ts'
import type { ProvenIdentity, Tokens } from './ports.ts'

export interface IdTokenSignInInput extends Connection {
  /** Of Apple or Google. */
  idToken: string
  /** What the app asked the provider for the token with. */
  nonce?: string
}

const METHODS = { google: 'GOOGLE', apple: 'APPLE' } as const satisfies Record<
  ProvenIdentity['provider'],
  ProofMethod
>

/**
 * Signs in with an Apple or Google ID token, creating the user if missing. An account that is there
 * already is entered only if its address has been proven: whoever registered it unproven may not be
 * merged with the address' owner (the verify trigger's decision, since only it sees the user).
 * @throws ServiceError `challenge_failed`, `sign_in_blocked`, `upstream_*`
 */
export async function signInWithIdToken(
  deps: EarlierProofDeps,
  input: IdTokenSignInInput,
): Promise<Tokens> {
  const { provider, digest, ...proven } = await deps.verifyIdToken(input.idToken, input.nonce)
  const method = METHODS[provider]
  const email = spelling(proven.email)
  const identifier: Identifier = { kind: 'email', value: email, vouchedForBy: method }
  const context = withConnection(
    {
      identifier: 'email',
      typed: addressDigest(deps.keys.context, email),
      method,
      proof: hash('sha256', input.idToken, 'base64url'),
    },
    input,
  )
  const signal = endOfInterest(deps.settings.upstreamTimeoutMs)
  // With the round in which the triggers ask for the context, so that rules hold as for any sign-in.
  const begun = await challengeFor(deps, { identifier, context, signal })
  if (begun === undefined) throw refused('no_such_user')
  return answerWithProof(deps, {
    challenge: begun.challenge,
    answer: input.idToken,
    context,
    ledgerId: `id-token ${digest}`,
    signal,
  })
}

/** The one that sign-ins by email use, and only what they would take. */
function spelling(email: string): string {
  try {
    return parseIdentifier({ email }).value
  } catch {
    throw refused('unusable_address')
  }
}
