export type Identifier = { email: string } | { phoneNumber: string }

/**
 * Tells an email address from a phone number by what was typed, or answers undefined when it can be
 * neither. Only what cannot possibly be right is refused here: the service has the last word.
 */
export function readIdentifier(typed: string): Identifier | undefined {
  const text = typed.trim()
  if (text.includes('@')) return /^[^\s@]+@[^\s@]+$/.test(text) ? { email: text } : undefined
  const phoneNumber = withoutPunctuation(text)
  return /^\+[1-9]\d{6,14}$/.test(phoneNumber) ? { phoneNumber } : undefined
}

export function addressOf(identifier: Identifier): string {
  return 'email' in identifier ? identifier.email : identifier.phoneNumber
}

/** `+64 (0)21 123-456` is how people write `+6421123456`; the zero is not dialled from abroad. */
function withoutPunctuation(text: string): string {
  return text.replace(/^(\+.*)\(0\)/, '$1').replace(/[\s().\-\u2010-\u2015]/g, '')
}
