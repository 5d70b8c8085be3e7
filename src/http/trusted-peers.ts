import { BlockList, isIP } from 'node:net'

/** Whether an address is one of the operator's own proxies, whose headers are believed. */
export type IsTrusted = (address: string | undefined) => boolean

/** @param ranges addresses and CIDR ranges, as TRUST_PROXY has them */
export function trustedPeers(ranges: readonly string[]): IsTrusted {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/')
    const family = familyOf(address)
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  // It also matches ::ffff:10.0.0.1, as a listener on :: writes it, with ranges of IPv4.
  return (address) => address !== undefined && list.check(address, familyOf(address))
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6'
}
