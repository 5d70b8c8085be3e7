import { randomBytes } from 'node:crypto'

/** Somebody else from somewhere else each time, as behind a load balancer. */
export function visitor(): { email: string; ip: string } {
  const bytes = randomBytes(7)
  return {
    email: `bench-${bytes.toString('hex')}@example.com`,
    ip: `10.${bytes[0]}.${bytes[1]}.${bytes[2]}`,
  }
}
