import { createHash, randomBytes } from 'node:crypto'

/** Sizes and looks of the real ones, so that cookies and columns are tried at full length. */
export function newSession(): string {
  return `AYABe${randomBytes(1160).toString('base64url')}`
}

/** Real ones are encrypted tokens of five parts; nobody but Cognito can read them. */
export function newRefreshToken(): string {
  const header = Buffer.from('{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}').toString('base64url')
  const parts = [256, 12, 820, 16].map((bytes) => randomBytes(bytes).toString('base64url'))
  return [header, ...parts].join('.')
}

/** What the stores keep instead of the long text itself. */
export function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64')
}
