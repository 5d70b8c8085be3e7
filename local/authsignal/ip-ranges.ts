import { BlockList, isIP } from 'node:net'
import { invalidRequest } from './api-error.ts'

const FAMILIES = { 4: 'ipv4', 6: 'ipv6' } as const

/** A list of networks such as `203.0.113.0/24`, or of single addresses, of either family. */
export function ipRanges(ranges: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList()
  for (const range of ranges) addRange(list, range)
  return (address = '') => {
    const family = familyOf(address)
    return family !== undefined && list.check(address, family)
  }
}

function addRange(list: BlockList, range: string): void {
  const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(range) ?? []
  const family = familyOf(address)
  const bits = family === 'ipv4' ? 32 : 128
  if (family === undefined || Number(prefix ?? bits) > bits) {
    throw invalidRequest(`Not a network: ${range}`)
  }
  list.addSubnet(address, Number(prefix ?? bits), family)
}

function familyOf(address: string): (typeof FAMILIES)[keyof typeof FAMILIES] | undefined {
  const version = isIP(address)
  return version === 4 || version === 6 ? FAMILIES[version] : undefined
}
