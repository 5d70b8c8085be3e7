/** Where a code can go; the kind is the name of the field that holds it on the wire. */
export interface Address {
  kind: 'email' | 'phoneNumber'
  value: string
}

/** Mail addresses compare without regard to case; for phone numbers it makes no difference. */
export function sameAddress(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one.toLowerCase() === other?.toLowerCase()
}

/** `jane@example.com` → `j***@example.com` (docs: get-authenticators; the pattern is a guess). */
export function maskEmail(email: string): string {
  return email.replace(/^(.).*@/, '$1***@')
}

/** `+6421123456` → `*******3456`. */
export function maskPhoneNumber(phoneNumber: string): string {
  return phoneNumber.slice(-4).padStart(phoneNumber.length, '*')
}
