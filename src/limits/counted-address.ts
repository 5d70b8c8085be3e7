import { isIPv6 } from 'node:net'

/** A network of IPv6 that one customer is given (RFC 6177, RFC 7934): the first 64 bits. */
const NETWORK_GROUPS = 4
const GROUPS = 8

/**
 * Who an address stands for where requests are counted: an IPv4 address itself, of an IPv6 address its
 * /64, in which one machine can have any address it likes.
 */
export function countedAddress(ip: string): string {
  // Nearly all are IPv4; asked several times in a request.
  if (!ip.includes(':')) return ip
  const [address = ''] = ip.split('%')
  if (!isIPv6(address)) return address
  const groups = groupsOf(address)
  const embedded = embeddedIPv4(groups)
  if (embedded !== undefined) return embedded
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => group.toString(16))
  return `${network.join(':')}::/64`
}

/**
 * What a counted address is part of: of IPv6 the /48, of which one customer may be given all (RFC
 * 6177) and thereby 65,536 counted addresses; an IPv4 address itself.
 */
export function networkOf(counted: string): string {
  if (!counted.includes(':')) return counted
  return `${counted.split(':').slice(0, 3).join(':')}::/48`
}

/** All eight groups, however the address is written (RFC 4291, section 2.2). */
function groupsOf(address: string): number[] {
  const [head = [], tail = []] = address
    .split('::')
    .map((half) => half.split(':').flatMap(groupsIn))
  const gap = address.includes('::') ? GROUPS - head.length - tail.length : 0
  return [...head, ...Array.from({ length: gap }, () => 0), ...tail]
}

/** The last one may be written as IPv4, which is two. */
function groupsIn(text: string): number[] {
  if (text === '') return []
  if (!text.includes('.')) return [Number.parseInt(text, 16)]
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number)
  return [a * 256 + b, c * 256 + d]
}

/** IPv4-mapped (RFC 4291) and translated (RFC 6052), in decimal: ::ffff:0:0/96, 64:ff9b::/96. */
const PREFIXES = new Set(['0:0:0:0:0:65535', '100:65435:0:0:0:0'])

/** All of IPv4 would be one network otherwise. */
function embeddedIPv4(groups: readonly number[]): string | undefined {
  const prefix = groups.slice(0, 6).join(':')
  if (!PREFIXES.has(prefix)) return undefined
  return groups
    .slice(6)
    .flatMap((two) => [two >> 8, two & 255])
    .join('.')
}
