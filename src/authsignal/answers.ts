/** What Authsignal answers, checked: a field that is missing or of another type fails here. */
export interface TrackedAction {
  state: string
  token: string
  url: string
  isEnrolled: boolean
  enrolledMethods: readonly string[]
  /** The rules that matched; for the audit. */
  ruleIds: readonly string[]
}

/** What Authsignal says of a token; every field may be missing from a refused one. */
export interface Validation {
  isValid: boolean
  state?: string
  userId?: string
  action?: string
  idempotencyKey?: string
  method?: string
  stateUpdatedAt?: string
}

export interface KnownUser {
  /** Cognito's username, which the create trigger tracks. */
  username?: string
}

export interface EnrolledAuthenticator {
  id: string
  method: string
  address: string | undefined
  /** Proven at least once, or enrolled by a server that vouched for it. */
  isVerified: boolean
  /** Times are texts as Authsignal writes them. */
  createdAt?: string
  verifiedAt?: string
  lastVerifiedAt?: string
  /** What a passkey or security key calls itself. */
  name?: string
}

/** An action that was tracked before. */
export interface PastAction {
  idempotencyKey: string
  code?: string
  state?: string
  createdAt?: string
  stateUpdatedAt?: string
  method?: string
  /** The authenticator that passed it, where Authsignal says. */
  authenticatorId?: string
}

export function readTracked(answer: unknown): TrackedAction {
  const { state, token, url, isEnrolled, enrolledVerificationMethods, ruleIds } = fieldsOf(answer)
  if (typeof state !== 'string' || typeof token !== 'string' || typeof url !== 'string') {
    throw new Error('unusable answer')
  }
  return {
    state,
    token,
    url,
    isEnrolled: isEnrolled === true,
    enrolledMethods: textsOf(enrolledVerificationMethods),
    ruleIds: textsOf(ruleIds),
  }
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []
}

export function readValidation(answer: unknown): Validation {
  const { isValid, ...rest } = fieldsOf(answer)
  if (typeof isValid !== 'boolean') throw new Error('unusable answer')
  const names = {
    state: 'state',
    userId: 'userId',
    action: 'action',
    idempotencyKey: 'idempotencyKey',
    method: 'verificationMethod',
    stateUpdatedAt: 'stateUpdatedAt',
  } as const
  return { isValid, ...textsIn(rest, names) }
}

export function readUser(answer: unknown): KnownUser {
  const { username } = fieldsOf(answer)
  return typeof username === 'string' && username !== '' ? { username } : {}
}

export function readAuthenticators(answer: unknown): EnrolledAuthenticator[] {
  if (!Array.isArray(answer)) throw new Error('unusable answer')
  return answer.map((entry: unknown) => {
    const fields = fieldsOf(entry)
    const { userAuthenticatorId, verificationMethod, email, phoneNumber } = fields
    // An authenticator may carry both; only the one it sends to counts.
    const address = String(verificationMethod).startsWith('EMAIL') ? email : phoneNumber
    return {
      id: String(userAuthenticatorId),
      method: String(verificationMethod),
      address: typeof address === 'string' ? address : undefined,
      isVerified: Boolean(fields['verifiedAt'] ?? fields['lastVerifiedAt']),
      ...textsIn(fields, TIMES),
      ...nameOf(fields['webauthnCredential']),
    }
  })
}

const TIMES = {
  createdAt: 'createdAt',
  verifiedAt: 'verifiedAt',
  lastVerifiedAt: 'lastVerifiedAt',
} as const

function nameOf(credential: unknown): { name?: string } {
  return typeof credential === 'object' && credential !== null
    ? textsIn({ ...credential }, { name: 'name' } as const)
    : {}
}

export function readActions(answer: unknown): PastAction[] {
  if (!Array.isArray(answer)) throw new Error('unusable answer')
  return answer.map((entry: unknown) => {
    const fields = fieldsOf(entry)
    return { idempotencyKey: String(fields['idempotencyKey']), ...textsIn(fields, PAST_ACTION) }
  })
}

const PAST_ACTION = {
  code: 'actionCode',
  state: 'state',
  createdAt: 'createdAt',
  stateUpdatedAt: 'stateUpdatedAt',
  method: 'verificationMethod',
  authenticatorId: 'verifiedByAuthenticatorId',
} as const

/** Those of the fields that are texts, under our names for them. */
function textsIn<Ours extends string>(
  fields: Record<string, unknown>,
  names: Readonly<Record<Ours, string>>,
): { [Name in Ours]?: string } {
  const texts: { [Name in Ours]?: string } = {}
  for (const ours in names) {
    const value = fields[names[ours]]
    if (typeof value === 'string') texts[ours] = value
  }
  return texts
}

function fieldsOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error('unusable answer')
  return { ...value }
}
