import type { Identifier } from '../sign-in/identifier.ts'

/** Providers that ignore dots (Gmail help: "Dots don't matter in Gmail addresses"). */
const WITHOUT_DOTS = new Set(['gmail.com', 'googlemail.com'])

/**
 * Whom starts are counted for: one name for all spellings that lead to one person. Coarser than what
 * Cognito tells apart, because each address with another tag would be one more user and one more
 * message to the same mailbox.
 */
export function person({ kind, value }: Identifier): string {
  return `${kind} ${kind === 'email' ? mailbox(value) : value.normalize('NFKC').toLowerCase()}`
}

function mailbox(email: string): string {
  const at = email.lastIndexOf('@')
  const domain = email.slice(at + 1)
  const [local = ''] = email.slice(0, at).split('+')
  return WITHOUT_DOTS.has(domain) ? `${local.replaceAll('.', '')}@gmail.com` : `${local}@${domain}`
}
