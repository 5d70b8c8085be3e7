import { isIP } from 'node:net'
import { countedAddress, networkOf } from '../limits/counted-address.ts'

/**
 * How much of clients' addresses the audit may show. `digest` tells one from another and shows none;
 * `truncated` is the network: 24 bits of IPv4, 48 of IPv6.
 */
export type AddressDetail = 'off' | 'digest' | 'truncated' | 'full'

/** @param digest a keyed one */
export function shownAddress(
  detail: AddressDetail,
  digest: (text: string) => string,
): (ip: string | undefined) => string | undefined {
  if (detail === 'off') return () => undefined
  return (ip) => {
    if (ip === undefined || isIP(ip) === 0) return undefined
    if (detail === 'full') return ip
    // Also where it is spelt as IPv6; of IPv6 the /64, in which one client has every address.
    const counted = countedAddress(ip)
    return detail === 'digest' ? digest(counted) : truncated(counted)
  }
}

function truncated(counted: string): string {
  return counted.includes(':')
    ? networkOf(counted)
    : `${counted.split('.').slice(0, 3).join('.')}.0/24`
}
