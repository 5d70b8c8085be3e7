import { isSecureUrl } from '../secure-url.ts'

/**
 * Reads the URL of a tenant's API, which is sent the secret.
 * @throws Error that says what to write instead
 */
export function parseApiUrl(text: string): string {
  const isPlain = URL.canParse(text) && !/[?#]/.test(text)
  if (!isPlain || !new URL(text).pathname.replace(/\/+$/, '').endsWith('/v1')) {
    throw new Error('must be a URL that ends in /v1')
  }
  if (!isSecureUrl(text)) throw new Error('must be https')
  return text.replace(/\/+$/, '')
}
