import { isIP } from 'node:net'

/**
 * Reads the URL of a tenant's API. Plain http would show the secret to the network, so only a host
 * that is no public name may use it.
 * @throws Error that says what to write instead
 */
export function parseApiUrl(text: string): string {
  const isPlain = URL.canParse(text) && !/[?#]/.test(text)
  if (!isPlain || !new URL(text).pathname.replace(/\/+$/, '').endsWith('/v1')) {
    throw new Error('must be a URL that ends in /v1')
  }
  const { protocol, hostname } = new URL(text)
  const isLocal =
    /^[^.:]+$/.test(hostname) ||
    (isIP(hostname) === 4 && hostname.startsWith('127.')) ||
    hostname === '[::1]'
  if (protocol !== 'https:' && !(protocol === 'http:' && isLocal)) throw new Error('must be https')
  return text.replace(/\/+$/, '')
}
