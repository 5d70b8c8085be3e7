import { isIP } from 'node:net'

/**
 * Whether what is sent there stays between the two ends. Plain http would show it to the network, so
 * only a host that is no public name may use it.
 * @param url one that parses
 */
export function isSecureUrl(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  const isLocal =
    /^[^.:]+$/.test(hostname) ||
    (isIP(hostname) === 4 && hostname.startsWith('127.')) ||
    hostname === '[::1]'
  return protocol === 'https:' || (protocol === 'http:' && isLocal)
}
