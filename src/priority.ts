/**
 * Who is served when not everybody can be: `refresh` keeps people signed in, or signs them out;
 * `finish` is of people half-way, or signed in; `start` is of newcomers, who wait first.
 */
export type Priority = 'start' | 'finish' | 'refresh'

/** How much of a capacity each may fill. What is left is kept for those behind it. */
const SHARES: Readonly<Record<Priority, number>> = { start: 0.7, finish: 0.9, refresh: 1 }

/** Of so many places, how many may be taken before somebody of this priority is turned away. */
export function placesFor(priority: Priority, capacity: number): number {
  return Math.max(1, Math.floor(capacity * SHARES[priority]))
}
