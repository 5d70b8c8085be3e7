import { countedAddress, networkOf } from '../limits/counted-address.ts'

/** Below this nobody is in anybody's way, such as a web server that calls for all its users. */
const BUSY = 0.25
/** Of all places. */
const SHARE = 0.1

/** How many of the places for calls each client address holds; a /48 of IPv6 counts as one. */
export interface AddressShares {
  /** @param running places that are held by all together */
  isUsedUp(ip: string | undefined, running: number): boolean
  take(ip: string | undefined): void
  giveBack(ip: string | undefined): void
}

/**
 * Whoever sends made-up refresh tokens has the priority of those who refresh, and while an upstream
 * is slow each holds a place for seconds: one address must not hold them all.
 */
export function addressShares(capacity: number): AddressShares {
  const share = Math.max(1, Math.floor(capacity * SHARE))
  // No more entries than there are places.
  const held = new Map<string, number>()

  function add(ip: string | undefined, count: number): void {
    if (ip === undefined) return
    const owner = ownerOf(ip)
    const after = (held.get(owner) ?? 0) + count
    if (after > 0) held.set(owner, after)
    else held.delete(owner)
  }

  return {
    isUsedUp: (ip, running) =>
      ip !== undefined && running >= capacity * BUSY && (held.get(ownerOf(ip)) ?? 0) >= share,
    take: (ip) => add(ip, 1),
    giveBack: (ip) => add(ip, -1),
  }
}

function ownerOf(ip: string): string {
  return networkOf(countedAddress(ip))
}
